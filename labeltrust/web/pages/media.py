"""The proxy for pictures of items: a page never sends a browser to somebody else's server."""

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from labeltrust.services.show_media import show_media
from labeltrust.web.access import by_session
from labeltrust.web.pages._view import View

# A picture opened by itself can run nothing and reach nothing.
_HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, max-age=300",
}
Address = Annotated[str, QueryParameter(max_length=4_096)]


@get("/media", opt=by_session("read"), include_in_schema=False)
async def show(url: Address, view: NamedDependency[View]) -> Response[bytes]:
    """Return the picture at an address whose host is allowed."""
    found = await view.ask(show_media, url)
    return Response(found.body, media_type=found.media_type, headers=_HEADERS)


HANDLERS = (show,)
