"""News for open pages, as server-sent events."""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import ServerSentEvent

from labeltrust.services.show_project import show_project
from labeltrust.web.access import by_session
from labeltrust.web.live import Live
from labeltrust.web.pages._view import View


@get("/live", opt=by_session("read"), include_in_schema=False)
async def live(
    request: Request[Any, Any, Any],
    view: NamedDependency[View],
    hub: NamedDependency[Live],
    project: FromQuery[str | None] = None,
) -> ServerSentEvent:
    """Tell what happens in the projects in scope, or in one of them, for a while."""
    if project is not None:
        await view.ask(show_project, project)  # refuses what is not there or out of scope
    last = request.headers.get("last-event-id", "")
    listener = hub.enter(view.principal, project, last)
    return ServerSentEvent(hub.stream(listener))


HANDLERS = (live,)
