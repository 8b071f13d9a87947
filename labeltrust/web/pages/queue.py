"""The review queue: flags of all projects in scope, oldest first, as a table and as a file."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from labeltrust.domain.estimates import Estimate
from labeltrust.domain.flags import SEVERITIES, STATUSES
from labeltrust.domain.principals import Principal
from labeltrust.services.list_queue import (
    NOBODY,
    QueueChoices,
    QueueFilter,
    QueueLine,
    list_queue,
    queue_choices,
)
from labeltrust.web.access import by_session
from labeltrust.web.pages._columns import of_project
from labeltrust.web.pages._tables import Asked, Column, Filter, Table
from labeltrust.web.pages._view import View

_CONTESTED = {"": "either", "yes": "disputes only", "no": "no disputes"}


@get("/flags", opt=by_session("read"), include_in_schema=False)
async def queue(request: Request[Any, Any, Any], view: NamedDependency[View]) -> Response[Any]:
    """Show the queue as its address asks for it."""
    choices = await view.ask(queue_choices)
    table = queue_table(choices)
    asked = table.asked("/flags", request.query_params)
    found = await view.ask(list_queue, queue_filter(asked, view.principal), asked.listing)
    shown = table.counted(found.rows, asked, found.n_found, found.n_all)
    return shown.download() or view.page(
        "queue.html", queue=shown, any_project=bool(choices.projects)
    )


def queue_filter(asked: Asked, reader: Principal) -> QueueFilter:
    """Return what the choices above the table ask the database for."""
    chosen = asked.chosen
    mine = {"me": reader.person or reader.name, "nobody": NOBODY}
    return QueueFilter(
        projects=frozenset({chosen["project"]}) if chosen["project"] else None,
        status=chosen["status"] if chosen["status"] != "all" else None,
        severity=chosen["severity"] or None,
        signal=chosen["signal"] or None,
        assigned_to=mine.get(chosen["assigned"]),
        contested={"yes": True, "no": False}.get(chosen["contested"]),
    )


def queue_table(choices: QueueChoices) -> Table[QueueLine]:
    """Return the table with the choices that this reader has."""
    return Table(
        name="flags",
        order="flag",
        columns=_columns(),
        searched=lambda line: line.flag.labeler,
        hint="labeler or project",
        filters=(
            of_project(choices.projects),
            Filter(
                name="status",
                title="Status",
                choices={**{word: word for word in STATUSES}, "all": "all"},
            ),
            Filter(
                name="severity",
                title="Severity",
                choices={"": "every severity"} | {s: s for s in SEVERITIES},
            ),
            Filter(
                name="signal", title="Signal", choices={"": "every signal"} | dict(choices.signals)
            ),
            Filter(
                name="assigned",
                title="Reviewer",
                choices={"": "anybody", "me": "me", "nobody": "nobody"},
            ),
            Filter(name="contested", title="Contested", choices=_CONTESTED),
        ),
    )


def _columns() -> tuple[Column[QueueLine], ...]:
    return (
        Column(name="flag", title="Flag", value=lambda line: line.flag.id),
        Column(name="labeler", title="Labeler", value=lambda line: line.flag.labeler),
        _column("project", "Project", lambda line: line.flag.project, shown=False),
        _column("status", "Status", lambda line: line.flag.status, shown=False),
        _column("signals", "Reasons to suspect", lambda line: ", ".join(line.flag.signals)),
        _column("estimate", "Estimate", lambda line: _number(line, "value"), shown=False),
        _column("low", "From", lambda line: _number(line, "low"), shown=False),
        _column("high", "To", lambda line: _number(line, "high"), shown=False),
        _column("n", "n", lambda line: _number(line, "n"), shown=False),
        Column(name="severity", title="Severity", value=lambda line: line.flag.severity),
        _column("strong", "Strong", lambda line: line.strong, shown=False),
        _column("contested", "Contested", lambda line: line.flag.contested, shown=False),
        Column(name="since", title="Since", value=lambda line: line.flag.since),
        Column(name="opened_at", title="Age", value=lambda line: line.flag.opened_at),
        Column(name="assigned_to", title="Reviewer", value=lambda line: line.flag.assigned_to),
    )


def _column(name: str, title: str, value: Any, *, shown: bool = True) -> Column[QueueLine]:  # noqa: ANN401
    return Column(name=name, title=title, value=value, sortable=False, shown=shown)


def _number(line: QueueLine, part: str) -> float | None:
    """Return a part of the leading reason's estimate, None where it has none."""
    if not line.reasons or not isinstance(line.reasons[0].estimate, Estimate):
        return None
    return float(getattr(line.reasons[0].estimate, part))


HANDLERS = (queue,)
