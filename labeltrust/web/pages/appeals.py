"""Appeals against freezes, decided by another person; they are recorded beside the freeze."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from labeltrust.domain.appeals import Appeal
from labeltrust.domain.errors import LabeltrustError
from labeltrust.services.decide_appeal import decide_appeal
from labeltrust.services.list_appeals import list_appeals, show_appeal
from labeltrust.web.access import by_session
from labeltrust.web.api.appeals import AppealNumber
from labeltrust.web.pages._tables import Column, Filter, Table
from labeltrust.web.pages._view import Form, Refusal, View, refusal, see_other

Asked = Request[Any, Any, Any]


@get("/appeals", opt=by_session("read"), include_in_schema=False)
async def appeals(request: Asked, view: NamedDependency[View]) -> Response[Any]:
    """List appeals, those that wait first."""
    found = await view.ask(list_appeals)
    shown = _TABLE.shown(found, _TABLE.asked("/appeals", request.query_params))
    now = view.deployment.clock()
    return shown.download() or view.page("appeals.html", appeals=shown, now=now)


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
_TABLE: Table[Appeal] = Table(
    name="appeals",
    order="due_at",
    columns=(
        Column(name="appeal", title="Appeal", value=lambda a: a.id),
        Column(name="labeler", title="Labeler", value=lambda a: a.labeler),
        Column(name="project", title="Project", value=lambda a: a.project, shown=False),
        Column(name="freeze", title="Freeze", value=lambda a: a.freeze),
        Column(name="status", title="Status", value=_status),
        Column(name="opened_at", title="Opened", value=lambda a: a.opened_at),
        Column(name="due_at", title="Due", value=lambda a: a.due_at),
        Column(name="decided_by", title="Decided by", value=lambda a: a.decided_by),
    ),
    filters=(
        Filter(
            name="status",
            title="Status",
            choices=_STATUSES,
            keeps=lambda a, word: word in {"", _status(a)},
        ),
    ),
)

HANDLERS = (appeals, show, decide)
