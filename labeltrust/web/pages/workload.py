"""How much waits for each reviewer, how fast and how well it is done, and how appeals ended."""

from datetime import timedelta
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from labeltrust.services.show_reviewers import show_reviewers
from labeltrust.services.show_workload import Load, show_workload
from labeltrust.web.access import by_session
from labeltrust.web.pages._tables import Column, Table
from labeltrust.web.pages._view import View

_HOUR = 3_600


@get("/workload", opt=by_session("read"), include_in_schema=False)
async def workload(request: Request[Any, Any, Any], view: NamedDependency[View]) -> Response[Any]:
    """Show the workload."""
    found = await view.ask(show_workload)
    shown = _TABLE.shown(found.loads, _TABLE.asked("/workload", request.query_params))
    if (file := shown.download()) is not None:
        return file
    records = await view.ask(show_reviewers)
    return view.page("workload.html", work=found, loads=shown, records=records)


def _hours(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds() / _HOUR


_TABLE: Table[Load] = Table(
    name="reviewers",
    order="-open",
    columns=(
        Column(name="person", title="Reviewer", value=lambda load: load.person),
        Column(name="open", title="Open", value=lambda load: load.open, is_number=True),
        Column(
            name="oldest_hours",
            title="Oldest waits",
            value=lambda load: _hours(load.oldest),
            is_number=True,
        ),
        Column(
            name="decided_7_days",
            title="Decided in 7 days",
            value=lambda load: load.decided_short,
            is_number=True,
        ),
        Column(
            name="decided_28_days",
            title="in 28 days",
            value=lambda load: load.decided_long,
            is_number=True,
        ),
        Column(
            name="median_hours",
            title="Median time to decide",
            value=lambda load: _hours(load.median_time),
            is_number=True,
        ),
    ),
)

HANDLERS = (workload,)
