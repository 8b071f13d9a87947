"""`Idempotency-Key`: the same acting request sent twice acts once and is answered alike."""

import asyncio
import hashlib
from http import HTTPStatus

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.services.keep_answers import begin_answer, end_answer
from labeltrust.store.answers import Answer, Asked
from labeltrust.web.requests import StrictRequest

HEADER = "idempotency-key"


class IdempotentActs(ASGIMiddleware):
    """Keeps answers of acting requests that carry a key; events have ids of their own instead."""

    def __init__(self, deployment: Deployment) -> None:
        """Keep answers in the database of one installation."""
        self._deployment = deployment

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Answer from the record, or act and keep the answer.

        Raises:
            Conflict: The key was used for another request, or its first use is under way.
        """
        asked = await _asked(scope, receive)
        if asked is None:
            await next_app(scope, receive, send)
            return
        known = await asyncio.to_thread(begin_answer, self._deployment, asked)
        if known is not None:
            await _send_again(known, send)
            return
        seen = _Seen(send)
        try:
            await next_app(scope, receive, seen)
        finally:
            await asyncio.to_thread(end_answer, self._deployment, asked, seen.answer())


async def _asked(scope: Scope, receive: Receive) -> Asked | None:
    opt = scope["route_handler"].opt
    if scope["type"] != ScopeType.HTTP or scope["method"] != "POST":
        return None
    if opt.get("access") != "key" or opt.get("own_ids"):
        return None
    request = StrictRequest(scope, receive)
    key = request.headers.get(HEADER)
    if key is None:
        return None
    body = await request.body()  # kept in the scope, so that the handler reads it again
    principal: Principal = scope["user"]
    return Asked(principal=principal.name, key=key, digest=_digest(scope, body))


def _digest(scope: HTTPScope, body: bytes) -> bytes:
    target = f"{scope['method']} {scope['path']}?".encode() + scope["query_string"]
    return hashlib.sha256(len(target).to_bytes(4, "big") + target + body).digest()


class _Seen:
    """Passes an answer on and remembers it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._status = 0
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
        elif message["type"] == "http.response.body":
            self._body += message["body"]
        await self._send(message)

    def answer(self) -> Answer | None:
        """Return what was answered, or None where nothing was done."""
        done = HTTPStatus.OK <= self._status < HTTPStatus.MULTIPLE_CHOICES
        return Answer(status=self._status, body=self._body.decode()) if done else None


async def _send_again(known: Answer, send: Send) -> None:
    body = known.body.encode()
    start: Message = {"type": "http.response.start", "status": known.status, "headers": []}
    headers = MutableScopeHeaders.from_message(start)
    headers["Content-Type"] = "application/json"
    headers["Content-Length"] = str(len(body))
    headers["Idempotency-Replayed"] = "true"
    await send(start)
    await send({"type": "http.response.body", "body": body, "more_body": False})
