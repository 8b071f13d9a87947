"""What one request may take: time to arrive, and a place among those under way."""

import asyncio
from http import HTTPStatus

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, ReceiveMessage, Scope, Send

from labeltrust.domain.errors import Busy
from labeltrust.web.errors import MEDIA_TYPE, problem_of


class Limits:
    """Refuses requests beyond a number under way, and bodies that trickle."""

    def __init__(self, app: ASGIApp, *, most: int, body_timeout_seconds: float) -> None:
        """Wrap an application."""
        self._app = app
        self._most = most
        self._seconds = body_timeout_seconds
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 503 with `Retry-After`."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        if self._under_way >= self._most:
            await _refuse(scope, send)
            return
        self._under_way += 1
        try:
            await self._app(scope, _timed(receive, self._seconds), send)
        finally:
            self._under_way -= 1


def _timed(receive: Receive, seconds: float) -> Receive:
    """Return a `receive` that raises TimeoutError where the body is not there in time."""
    deadline: float | None = None
    complete = False

    async def timed() -> ReceiveMessage:
        nonlocal deadline, complete
        if complete:
            return await receive()  # waits for the end of the connection, as long as it takes
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds if deadline is None else deadline
        async with asyncio.timeout_at(deadline):
            message = await receive()
        if message["type"] != "http.request":
            raise ConnectionAbortedError("the client went away before its body was there")
        complete = not message.get("more_body", False)
        return message

    return timed


async def _refuse(scope: Scope, send: Send) -> None:
    busy = Busy("too many requests are under way")
    body = msgspec.json.encode(problem_of(busy, str(scope["state"].get("request_id", ""))))
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(busy.retry_after_seconds).encode()),
    ]
    status = HTTPStatus.SERVICE_UNAVAILABLE
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
