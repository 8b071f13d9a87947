"""What concerns the reader since they last looked, and how much of it there is."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from labeltrust.services.list_notifications import (
    MOST,
    Notification,
    list_notifications,
    see_notifications,
)
from labeltrust.web.access import by_session
from labeltrust.web.pages._forms import whole_number
from labeltrust.web.pages._view import View, see_other
from labeltrust.web.paths import segment

_PLACES = {"breaker": "/freezes/{}", "appeal": "/appeals/{}", "approval": "/approvals"}


@get("/notifications", opt=by_session("read"), include_in_schema=False)
async def notifications(view: NamedDependency[View]) -> Response[str]:
    """List what was not marked as seen."""
    found = await view.ask(list_notifications)
    return view.page("notifications.html", found=[(one, place_of(one)) for one in found], most=MOST)


@get("/notifications/unseen", opt=by_session("read"), include_in_schema=False)
async def unseen(view: NamedDependency[View]) -> Response[str]:
    """Say how many there are, as a part of the navigation."""
    return view.page("_unseen.html", n=len(await view.ask(list_notifications)), most=MOST)


@post("/notifications/seen", opt=by_session("read"), include_in_schema=False)
async def seen(request: Request[Any, Any, Any], view: NamedDependency[View]) -> Redirect:
    """Mark as seen what was shown; what came since stays."""
    form = await view.form(request)
    through = whole_number(form.get("through", ""), "through")
    await view.ask(see_notifications, through=min(through, 2**63 - 1))
    return see_other("/notifications")


def place_of(one: Notification) -> str:
    """Return the address of what a notification is about.

    >>> from datetime import UTC, datetime
    >>> place_of(Notification(kind="breaker", at=datetime.now(UTC), received_us=1, actor="a",
    ...     project="p", labeler=None, number=7))
    '/freezes/7'
    """
    if one.kind == "reconciled":
        return f"/sources/{segment(one.word)}#platform"
    return _PLACES.get(one.kind, "/flags/{}").format(one.number)


HANDLERS = (notifications, unseen, seen)
