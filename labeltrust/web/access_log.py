"""One line and one count a request, without bodies, secrets or ids of labelers."""

import time
from uuid import uuid4

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from labeltrust.domain.principals import Principal
from labeltrust.web.monitoring import Meters

_LOG = structlog.get_logger("labeltrust.web")
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    # A sign-in link must not leave with the address of the page it opens.
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
]
_FIRST_ERROR = 400
# Asked all day long; counted, and in the history where they bring events in.
_UNREMARKABLE = frozenset(
    {
        ("POST", "/v1/events"),
        ("POST", "/webhooks/{source}"),
        ("GET", "/health"),
        ("GET", "/health/live"),
        ("GET", "/health/ready"),
        ("GET", "/metrics"),
        ("GET", "/live"),
    }
)


class AccessLog:
    """Numbers, times, counts and logs every request, and sets the headers of every answer."""

    def __init__(self, app: ASGIApp, meters: Meters) -> None:
        """Wrap an application."""
        self._app = app
        self._meters = meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and log what became of it."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["request_id"] = uuid4().hex
        status = 500
        started = time.perf_counter()

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                tag = (b"x-request-id", state["request_id"].encode())
                message["headers"] = [*message["headers"], tag, *_HEADERS]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            self._note(scope, status, time.perf_counter() - started)

    def _note(self, scope: HTTPScope, status: int, seconds: float) -> None:
        method, route = scope["method"], route_of(scope)
        self._meters.requests.labels(method, route, str(status)).inc()
        self._meters.seconds.labels(method, route).observe(seconds)
        if status < _FIRST_ERROR and (method, route) in _UNREMARKABLE:
            return
        user = scope.get("user")
        _LOG.info(
            "request",
            request_id=scope["state"]["request_id"],
            method=method,
            route=route,
            status=status,
            seconds=round(seconds, 6),
            principal=user.name if isinstance(user, Principal) else None,
        )


def route_of(scope: Scope) -> str:
    """Return the template of the route, never the path: that may hold a labeler's name."""
    return str(scope.get("path_template") or "none")
