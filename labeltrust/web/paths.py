"""Ids in addresses: each path segment is decoded by itself, so that an id may hold anything.

The servers decode the whole path before routing, which turns the `%2F` of an id into a separator.
Here every segment stays encoded, in one canonical spelling, until its route is found.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote, unquote_to_bytes

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

# Matches no route: canonical segments never hold a lone percent sign.
NOWHERE = "/%"


def canonical_path(raw: bytes) -> str:
    """Return a path with every segment encoded in one way, or `NOWHERE` if it cannot name anything.

    >>> canonical_path(b"/v1/projects/p/labelers/a%2Fb%40c")
    '/v1/projects/p/labelers/a%2Fb%40c'
    >>> canonical_path(b"/v1/projects/p/labelers/")
    '/%'
    """
    if raw == b"/":
        return "/"
    plain = b"%" not in raw and b"//" not in raw and not raw.endswith(b"/")
    if plain and raw.isascii():
        return raw.decode()
    try:
        segments = [_canonical(segment) for segment in raw.split(b"/")[1:]]
    except UnicodeDecodeError:
        return NOWHERE
    return NOWHERE if "" in segments or "%00" in "".join(segments) else "/" + "/".join(segments)


def _canonical(segment: bytes) -> str:
    return quote(unquote_to_bytes(segment).decode(), safe="")


def segment(text: str) -> str:
    """Return a text as one segment of an address.

    >>> segment("a/b"), segment("..")
    ('a%2Fb', '%2E%2E')
    """
    # Left alone, clients would take these two for steps of the path and drop them.
    return text.replace(".", "%2E") if text in {".", ".."} else quote(text, safe="")


class EncodedPaths:
    """Puts the canonical path in the place of the decoded one, before routing."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its segments still encoded."""
        if scope["type"] == ScopeType.HTTP:
            raw = scope.get("raw_path") or quote(scope["path"]).encode()
            scope["path"] = canonical_path(raw.split(b"?")[0])
        await self._app(scope, receive, send)


class DecodedParameters(ASGIMiddleware):
    """Decodes the path parameters once the route is found."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass a request on with its parameters as they were meant."""
        # A new mapping: the router keeps the one it gave for the next request of this path.
        scope["path_params"] = _decoded(scope["path_params"])
        await next_app(scope, receive, send)


def _decoded(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {k: unquote(v) if isinstance(v, str) else v for k, v in parameters.items()}
