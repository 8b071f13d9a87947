"""What waits for a second person: the list, and one request with its answer."""

from collections.abc import Callable, Sequence
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from labeltrust.domain.approvals import STATUSES, Approval
from labeltrust.domain.errors import LabeltrustError
from labeltrust.services.give_approval import approve as give
from labeltrust.services.give_approval import refuse as withhold
from labeltrust.services.list_approvals import search_approvals, show_approval
from labeltrust.services.show_project import project_names
from labeltrust.web.access import by_session
from labeltrust.web.api.approvals import ApprovalNumber
from labeltrust.web.pages._columns import kept, of_project
from labeltrust.web.pages._tables import Column, Filter, Table
from labeltrust.web.pages._view import Form, Refusal, View, refusal, see_other

_SHOWN = {"waiting": "waiting", "all": "all"} | {word: word for word in STATUSES[1:]}


def _table(projects: Sequence[str]) -> Table[Approval]:
    return Table(
        name="approvals",
        order="-id",
        columns=_COLUMNS,
        searched=lambda one: one.reason,
        hint="reason or person",
        filters=(Filter(name="show", title="Status", choices=_SHOWN), of_project(projects)),
    )


_COLUMNS: tuple[Column[Approval], ...] = (
    Column(name="id", title="Request", value=lambda a: a.id),
    Column(name="project", title="Project", value=lambda a: a.project),
    Column(name="kind", title="What", value=lambda a: a.title),
    kept("said", lambda a: "; ".join(f"{what}: {becomes}" for what, becomes in a.said)),
    kept("reason", lambda a: a.reason),
    Column(name="asked_by", title="Asked by", value=lambda a: a.asked_by),
    Column(name="asked_at", title="Asked", value=lambda a: a.asked_at),
    Column(name="status", title="Status", value=lambda a: a.status, sortable=False),
    Column(name="expires_at", title="Expires", value=lambda a: a.expires_at),
    kept("decided_by", lambda a: a.decided_by),
    kept("decided_at", lambda a: a.decided_at),
    kept("decision_reason", lambda a: a.decision_reason),
)


@get("/approvals", opt=by_session("read"), include_in_schema=False)
async def approvals(view: NamedDependency[View]) -> Response[Any]:
    """List the requests in scope."""
    table = _table(await view.ask(project_names))
    asked = view.asked(table)
    found = await view.ask(search_approvals, asked.listing)
    shown = table.counted(found.rows, asked, found.n_found, found.n_all)
    return view.listed("approvals.html", shown)


@get("/approvals/{approval:int}", opt=by_session("read"), include_in_schema=False)
async def show(approval: ApprovalNumber, view: NamedDependency[View]) -> Response[str]:
    """Show one request."""
    return await _page(view, approval, {}, None)


@post("/approvals/{approval:int}/approve", opt=by_session("approve"), include_in_schema=False)
async def approve(
    approval: ApprovalNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Approve, and carry out."""
    return await _answered(view, request, approval, give)


@post("/approvals/{approval:int}/refuse", opt=by_session("approve"), include_in_schema=False)
async def refuse(
    approval: ApprovalNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Refuse, or withdraw one's own."""
    return await _answered(view, request, approval, withhold)


async def _answered(
    view: View, request: Request[Any, Any, Any], number: int, service: Callable[..., object]
) -> Response[Any]:
    form = await view.form(request)
    try:
        await view.ask(service, number, reason=form.get("reason", ""))
    except LabeltrustError as error:
        return await _page(view, number, form, refusal(error))
    return see_other(f"/approvals/{number}")


async def _page(view: View, number: int, form: Form, refused: Refusal | None) -> Response[str]:
    found = await view.ask(show_approval, number)
    return view.page(
        "approval.html",
        status=200 if refused is None else refused.status,
        approval=found,
        mine=found.asked_by == view.principal.name,
        form=form,
        refused=refused,
    )


HANDLERS = (approvals, show, approve, refuse)
