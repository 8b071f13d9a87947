"""ETags on reads: who holds the newest answer already is told so instead of sent it."""

import hashlib
from http import HTTPStatus

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

_NOT_ON_304 = ("content-length", "content-type")


class EntityTags(ASGIMiddleware):
    """Sets `ETag` on answers to GET that come in one piece, and honours `If-None-Match`."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass a request on; hold the head of the answer back until its body is known."""
        if scope["type"] != ScopeType.HTTP or scope["method"] != "GET":
            await next_app(scope, receive, send)
            return
        wanted = dict(scope["headers"]).get(b"if-none-match", b"").decode("latin-1")
        await next_app(scope, receive, _Tagged(send, wanted))


class _Tagged:
    def __init__(self, send: Send, wanted: str) -> None:
        self._send = send
        self._wanted = {tag.strip().removeprefix("W/") for tag in wanted.split(",") if tag.strip()}
        self._start: Message | None = None
        self._told = False

    async def __call__(self, message: Message) -> None:
        if self._told:
            return  # the rest of a body that need not be sent
        if message["type"] == "http.response.start" and message["status"] == HTTPStatus.OK:
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            await self._send_start(start, message)
            return
        await self._send(message)

    async def _send_start(self, start: Message, body: Message) -> None:
        headers = MutableScopeHeaders.from_message(start)
        whole = body["type"] == "http.response.body" and not body["more_body"]
        if "etag" not in headers and body["type"] == "http.response.body" and whole:
            headers["ETag"] = f'"{hashlib.sha256(body["body"]).hexdigest()[:32]}"'
        headers.setdefault("Cache-Control", "private, no-cache")
        if headers.get("etag", "").removeprefix("W/") not in self._wanted:
            await self._send(start)
            await self._send(body)
            return
        self._told = True
        for name in _NOT_ON_304:
            if name in headers:
                del headers[name]
        start["status"] = HTTPStatus.NOT_MODIFIED  # type: ignore[typeddict-unknown-key] # a start
        await self._send(start)
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})
