"""Freezes: what stands, what was lifted, what each holds; placed, lifted, taken back."""

from collections.abc import Callable
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from labeltrust.domain.approvals import Approval
from labeltrust.domain.cases import FreezeCase
from labeltrust.domain.errors import InvalidInput, LabeltrustError, NotFound
from labeltrust.services.acting.list_acts import acts_of_freeze
from labeltrust.services.freeze_labels import freeze_labels
from labeltrust.services.lift_freeze import lift_freeze, lift_freezes
from labeltrust.services.list_freezes import list_freezes
from labeltrust.services.open_appeal import open_appeal
from labeltrust.services.show_freeze import freeze_holdings, show_freeze
from labeltrust.services.show_project import project_names
from labeltrust.services.undo_lift import undo_lift
from labeltrust.web.access import by_session
from labeltrust.web.api.freezes import FreezeNumber
from labeltrust.web.pages._forms import scoped_draft, whole_number
from labeltrust.web.pages._freezes_table import PATH, freezes_table
from labeltrust.web.pages._view import Form, Refusal, View, refusal, see_other


@get("/freezes", opt=by_session("read"), include_in_schema=False)
async def freezes(view: NamedDependency[View]) -> Response[Any]:
    """List the freezes of all projects in scope."""
    return await _list(view, {}, None)


@post("/freezes", opt=by_session("freeze"), include_in_schema=False)
async def place(request: Request[Any, Any, Any], view: NamedDependency[View]) -> Response[Any]:
    """Hold labels of a labeler, a source or an import out, with a written reason."""
    form = await view.form(request)
    try:
        placed = await view.ask(freeze_labels, scoped_draft(form))
    except NotFound as error:
        return await _list(view, form, Refusal(status=404, reason=str(error)))
    except LabeltrustError as error:
        return await _list(view, form, refusal(error))
    return see_other(f"/freezes/{placed.id}")


@post("/freezes/lifts", opt=by_session("freeze"), include_in_schema=False)
async def lift_many(request: Request[Any, Any, Any], view: NamedDependency[View]) -> Response[Any]:
    """Ask a second person to lift the freezes that were ticked."""
    form = await view.form(request)
    try:
        done = await view.ask(lift_freezes, _ticked(form), reason=form.get("reason", ""))
    except LabeltrustError as error:
        return await _list(view, form, refusal(error))
    if isinstance(done, Approval):
        return see_other(f"/approvals/{done.id}")
    return see_other(f"/freezes/{done[0].id}")


def _ticked(form: Form) -> list[int]:
    """Return the numbers whose boxes were ticked: fields `lift-7`.

    Raises:
        InvalidInput: None was, or a field is named otherwise.

    >>> _ticked({"lift-7": "1", "reason": "audited"})
    [7]
    """
    names = [name.removeprefix("lift-") for name in form if name.startswith("lift-")]
    if not names:
        raise InvalidInput("tick the freezes to lift", place="freezes")
    return [whole_number(name, "freezes") for name in names]


@get("/freezes/{freeze:int}", opt=by_session("read"), include_in_schema=False)
async def show(freeze: FreezeNumber, view: NamedDependency[View]) -> Response[str]:
    """Show one freeze and what can be done about it."""
    return await _page(view, freeze, {}, None)


@get("/freezes/{freeze:int}/holds", opt=by_session("read"), include_in_schema=False)
async def holds(
    freeze: FreezeNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[str]:
    """Count what a freeze holds; apart from its page, since this reads the whole record."""
    found = await view.ask(freeze_holdings, freeze)
    part = request.headers.get("hx-request") == "true"
    return view.page("_holds.html" if part else "holds.html", found=found)


@post("/freezes/{freeze:int}/lift", opt=by_session("freeze"), include_in_schema=False)
async def lift(
    freeze: FreezeNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Lift a freeze, with a written reason; its page offers the undo."""
    return await _acted(view, request, freeze, lift_freeze)


@post("/freezes/{freeze:int}/undo", opt=by_session("freeze"), include_in_schema=False)
async def undo(
    freeze: FreezeNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Hold again what a lift of the last day gave back."""
    return await _acted(view, request, freeze, undo_lift)


@post("/freezes/{freeze:int}/appeals", opt=by_session("review"), include_in_schema=False)
async def appeal(
    freeze: FreezeNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Record an appeal against a freeze, which another person decides."""
    form = await view.form(request)
    try:
        made = await view.ask(open_appeal, freeze, reason=form.get("reason", ""))
    except LabeltrustError as error:
        return await _page(view, freeze, {"appeal": form.get("reason", "")}, refusal(error))
    return see_other(f"/appeals/{made.id}")


async def _acted(
    view: View,
    request: Request[Any, Any, Any],
    freeze: int,
    service: Callable[..., FreezeCase | Approval],
) -> Response[Any]:
    form = await view.form(request)
    try:
        done = await view.ask(service, freeze, reason=form.get("reason", ""))
    except LabeltrustError as error:
        return await _page(view, freeze, form, refusal(error))
    if isinstance(done, Approval):
        return see_other(f"/approvals/{done.id}")
    return see_other(f"/freezes/{done.id}")


async def _list(view: View, form: Form, refused: Refusal | None) -> Response[Any]:
    projects = await view.ask(project_names)
    table = freezes_table(projects, {})
    asked = table.asked(PATH, view.query)
    page = await view.ask(list_freezes, asked.listing)
    table = freezes_table(projects, page.counts)
    shown = table.counted(page.lines, asked, page.n_found, page.n_all)
    return view.listed(
        "freezes.html",
        shown,
        status=200 if refused is None else refused.status,
        counts=page.counts,
        projects=projects,
        form=form,
        refused=refused,
    )


async def _page(view: View, freeze: int, form: Form, refused: Refusal | None) -> Response[str]:
    return view.page(
        "freeze.html",
        status=200 if refused is None else refused.status,
        file=await view.ask(show_freeze, freeze),
        acts=await view.ask(acts_of_freeze, freeze),
        form=form,
        refused=refused,
    )


HANDLERS = (freezes, place, lift_many, show, holds, lift, undo, appeal)
