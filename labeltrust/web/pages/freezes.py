"""Lifting freezes from any page that shows one."""

from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from labeltrust.services.lift_freeze import lift_freeze
from labeltrust.web.access import by_session
from labeltrust.web.api.freezes import FreezeNumber
from labeltrust.web.pages._view import View, see_other
from labeltrust.web.paths import segment


@post("/freezes/{freeze:int}/lift", opt=by_session("freeze"), include_in_schema=False)
async def lift(
    freeze: FreezeNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Redirect:
    """Lift a freeze, with a written reason, and show its project."""
    form = await view.form(request)
    lifted = await view.ask(lift_freeze, freeze, reason=form.get("reason", ""))
    return see_other(f"/projects/{segment(lifted.project)}")


HANDLERS = (lift,)
