"""Acts at platforms: switched on or off at a source, taken back or tried again one by one."""

from collections.abc import Callable
from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from labeltrust.domain.errors import LabeltrustError
from labeltrust.domain.platform_acts import MOST_ITEMS, PlatformAct
from labeltrust.services.acting.list_acts import show_act
from labeltrust.services.acting.set_policy import set_source_policy
from labeltrust.services.acting.undo_act import retry_act, undo_act
from labeltrust.web.access import by_session
from labeltrust.web.api.platform_acts import ActNumber
from labeltrust.web.pages._forms import whole_number
from labeltrust.web.pages._view import View, refusal, see_other
from labeltrust.web.pages.sources import source_page
from labeltrust.web.paths import segment


@post("/sources/{source:str}/policy", opt=by_session("manage"), include_in_schema=False)
async def set_policy(
    source: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Keep what freezes do at the platform: the boxes that are ticked, nothing where none is."""
    form = await view.form(request)
    wanted = [name.removeprefix("act-") for name in form if name.startswith("act-")]
    try:
        most = whole_number(form.get("most_items", "") or str(MOST_ITEMS), "most_items")
        await view.ask(set_source_policy, source, wanted, most_items=most)
    except LabeltrustError as error:
        return await source_page(view, source, form=form, refused=refusal(error), where="policy")
    return see_other(f"/sources/{segment(source)}#acts")


@post("/platform-acts/{number:int}/undo", opt=by_session("freeze"), include_in_schema=False)
async def undo(
    number: ActNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Take an act back, with a written reason."""
    return await _acted(view, request, number, undo_act)


@post("/platform-acts/{number:int}/retry", opt=by_session("freeze"), include_in_schema=False)
async def retry(
    number: ActNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Try an act again that was given up, with a written reason."""
    return await _acted(view, request, number, retry_act)


async def _acted(
    view: View,
    request: Request[Any, Any, Any],
    number: int,
    service: Callable[..., PlatformAct],
) -> Response[Any]:
    form = await view.form(request)
    act = await view.ask(show_act, number)
    try:
        await view.ask(service, number, reason=form.get("reason", ""))
    except LabeltrustError as error:
        return await source_page(view, act.source, form=form, refused=refusal(error), where="acts")
    return see_other(f"/sources/{segment(act.source)}#acts")


HANDLERS = (set_policy, undo, retry)
