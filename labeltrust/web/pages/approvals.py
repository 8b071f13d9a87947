"""What waits for a second person: the list, and one request with its answer."""

from collections.abc import Callable
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from labeltrust.domain.errors import LabeltrustError
from labeltrust.services.give_approval import approve as give
from labeltrust.services.give_approval import refuse as withhold
from labeltrust.services.list_approvals import list_approvals, show_approval
from labeltrust.web.access import by_session
from labeltrust.web.api.approvals import ApprovalNumber
from labeltrust.web.pages._view import Form, Refusal, View, refusal, see_other


@get("/approvals", opt=by_session("read"), include_in_schema=False)
async def approvals(view: NamedDependency[View], show: FromQuery[str] = "waiting") -> Response[str]:
    """List the requests in scope."""
    waiting = show != "all"
    found = await view.ask(list_approvals, waiting=waiting)
    return view.page("approvals.html", approvals=found, waiting=waiting)


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
