"""Who may call which route: each handler states it in its `opt`, and silence means nobody."""

import asyncio
import contextlib
import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from litestar import Request
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from labeltrust.domain.errors import Busy, NotAllowed, NotProven
from labeltrust.domain.principals import Principal
from labeltrust.services.authenticate import authenticate_key
from labeltrust.services.deployment import Deployment
from labeltrust.services.lately import Lately
from labeltrust.services.limit_requests import Rates
from labeltrust.services.note_key_uses import KeyUses
from labeltrust.services.note_refusal import note_refusal
from labeltrust.services.sign_in import authenticate_session
from labeltrust.settings import Settings
from labeltrust.web.budget import Budget

COOKIE = "labeltrust_session"
# A browser takes this one over https only, for the whole host, and from nobody but the host.
SECURE_COOKIE = f"__Host-{COOKIE}"
# More refusals of one principal an hour are logged and counted, not kept.
_NOTED_AN_HOUR = 60
# Open pages listen here by themselves; that nobody is at them must not keep a session alive.
_BY_ITSELF = frozenset({"/live"})
OPEN: Mapping[str, Any] = MappingProxyType({"access": "open"})
# The handler itself checks the proof of origin, over the raw body.
PROOF: Mapping[str, Any] = MappingProxyType({"access": "proof"})


def cookie_name(settings: Settings) -> str:
    """Return the name of the session's cookie at an installation's public address.

    >>> cookie_name(Settings(public_url="https://labels.example"))
    '__Host-labeltrust_session'
    """
    return SECURE_COOKIE if settings.address.startswith("https://") else COOKIE


def by_key(right: str) -> dict[str, Any]:
    """Return the `opt` of a route for keys whose role holds a right.

    >>> by_key("read")["access"]
    'key'
    """
    return {"access": "key", "right": right}


def by_session(right: str) -> dict[str, Any]:
    """Return the `opt` of a page for signed-in people whose role holds a right.

    >>> by_session("read")["right"]
    'read'
    """
    return {"access": "session", "right": right}


class KeyCache:
    """Principals of keys seen lately, so that ingest does not read the database each time."""

    def __init__(self, deployment: Deployment) -> None:
        """Remember keys for `key_cache_seconds`."""
        self._deployment = deployment
        self._known: Lately[bytes, Principal] = Lately(deployment.settings.key_cache_seconds)

    async def principal(self, text: str) -> Principal:
        """Return whom a key stands for.

        Raises:
            NotProven: The key is not valid, or was not when it was last looked up.
        """
        digest = hashlib.sha256(text.encode(errors="replace")).digest()
        return await self._known.get(digest, lambda: authenticate_key(self._deployment, text))


class _Seen:
    """Passes an answer on and remembers its status."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
        await self._send(message)


class Authentication(ASGIMiddleware):
    """Puts the principal of a request into its scope, or refuses the request."""

    def __init__(self, deployment: Deployment, rates: Rates, uses: KeyUses) -> None:
        """Prove keys and sessions at one installation.

        Args:
            deployment: The installation.
            rates: How often each of them may ask.
            uses: Told of every key that was accepted.
        """
        self._deployment = deployment
        self._keys = KeyCache(deployment)
        self._rates = rates
        self._uses = uses
        self._noted = Budget(_NOTED_AN_HOUR)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass a request on with `scope["user"]` set.

        Raises:
            NotProven: Key or session is missing or not valid.
            NotAllowed: The role lacks the route's right, or the route has none.
            TooOften: The principal's minute is used up.
        """
        opt = scope["route_handler"].opt
        access = opt.get("access")
        if access in {"open", "proof"}:
            await next_app(scope, receive, send)
            return
        if access not in {"key", "session"}:
            raise NotAllowed("nobody may call this route")
        principal = await (self._by_key if access == "key" else self._by_session)(scope)
        self._rates.spend(principal, opt["right"])
        scope["user"] = principal
        if not principal.may(opt["right"]):
            await self._note(principal, scope)
        principal.require(opt["right"])
        seen = _Seen(send)
        await next_app(scope, receive, seen)
        if seen.status == HTTPStatus.FORBIDDEN:
            await self._note(principal, scope)

    async def _note(self, principal: Principal, scope: Scope) -> None:
        """Keep that somebody was refused; the answer does not wait for a database that is busy."""
        if not self._noted.spend(principal.name):
            return
        route = f"{scope.get('method', '')} {scope.get('path_template', '')}"
        with contextlib.suppress(Busy):
            await asyncio.to_thread(note_refusal, self._deployment, principal, route)

    async def _by_key(self, scope: Scope) -> Principal:
        found = (value for name, value in scope["headers"] if name == b"authorization")
        scheme, _, text = next(found, b"").decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not text:
            raise NotProven("no key: send `Authorization: Bearer <key>`")
        if scope["route_handler"].opt["right"] == "write_events":
            principal = await self._keys.principal(text.strip())
        else:  # an end of a key is an end at once; only what comes thousandfold is remembered
            principal = await asyncio.to_thread(authenticate_key, self._deployment, text.strip())
        self._uses.note(principal)
        return principal

    async def _by_session(self, scope: Scope) -> Principal:
        request: Request[Any, Any, Any] = Request(scope)
        token = request.cookies.get(cookie_name(self._deployment.settings), "")
        if not token:
            raise NotProven("not signed in")
        in_use = scope["path"] not in _BY_ITSELF
        return await asyncio.to_thread(authenticate_session, self._deployment, token, in_use=in_use)
