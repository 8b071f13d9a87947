"""Appeals against freezes, decided by another person; they are recorded beside the freeze."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from labeltrust.domain.appeals import Appeal
from labeltrust.domain.errors import LabeltrustError
from labeltrust.services.decide_appeal import decide_appeal
from labeltrust.services.list_appeals import search_appeals, show_appeal
from labeltrust.services.show_project import project_names
from labeltrust.web.access import by_session
from labeltrust.web.api.appeals import AppealNumber
from labeltrust.web.pages._columns import kept, of_project
from labeltrust.web.pages._tables import Column, Filter, Table
from labeltrust.web.pages._view import Form, Refusal, View, refusal, see_other

Asked = Request[Any, Any, Any]


@get("/appeals", opt=by_session("read"), include_in_schema=False)
async def appeals(view: NamedDependency[View]) -> Response[Any]:
    """List appeals, those that are due first."""
    table = _table(await view.ask(project_names))
    asked = view.asked(table)
    found = await view.ask(search_appeals, asked.listing)
    shown = table.counted(found.rows, asked, found.n_found, found.n_all)
    now = view.deployment.clock()
    return view.listed("appeals.html", shown, appeals=shown, now=now)


@get("/appeals/{appeal:int}", opt=by_session("read"), include_in_schema=False)
async def show(appeal: AppealNumber, view: NamedDependency[View]) -> Response[str]:
    """Show one appeal."""
    return await _page(view, appeal, {}, None)


@post("/appeals/{appeal:int}/decision", opt=by_session("review"), include_in_schema=False)
async def decide(
    appeal: AppealNumber, request: Asked, view: NamedDependency[View]
) -> Response[Any]:
    """Uphold or overturn the freeze."""
    form = await view.form(request)
    outcome, reason = form.get("outcome", ""), form.get("reason", "")
    try:
        await view.ask(decide_appeal, appeal, outcome=outcome, reason=reason)
    except LabeltrustError as error:
        return await _page(view, appeal, form, refusal(error))
    return see_other(f"/appeals/{appeal}")


async def _page(view: View, number: int, form: Form, refused: Refusal | None) -> Response[str]:
    return view.page(
        "appeal.html",
        status=200 if refused is None else refused.status,
        appeal=await view.ask(show_appeal, number),
        now=view.deployment.clock(),
        form=form,
        refused=refused,
    )


def _status(appeal: Appeal) -> str:
    return appeal.outcome or "open"


_STATUSES = {"": "all", "open": "open", "upheld": "upheld", "overturned": "overturned"}
_COLUMNS: tuple[Column[Appeal], ...] = (
    Column(name="appeal", title="Appeal", value=lambda a: a.id),
    Column(name="labeler", title="Labeler", value=lambda a: a.labeler),
    kept("project", lambda a: a.project),
    Column(name="freeze", title="Freeze", value=lambda a: a.freeze),
    Column(name="status", title="Status", value=_status),
    Column(name="opened_at", title="Opened", value=lambda a: a.opened_at),
    Column(name="due_at", title="Due", value=lambda a: a.due_at),
    Column(name="decided_by", title="Decided by", value=lambda a: a.decided_by),
)


def _table(projects: Sequence[str]) -> Table[Appeal]:
    return Table(
        name="appeals",
        order="due_at",
        columns=_COLUMNS,
        searched=lambda appeal: appeal.labeler,
        hint="labeler or person",
        filters=(
            Filter(name="status", title="Status", choices=_STATUSES),
            of_project(projects),
        ),
    )


HANDLERS = (appeals, show, decide)
