"""Who may call which route: each handler states it in its `opt`, and silence means nobody."""

import asyncio
import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from litestar import Request
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from labeltrust.domain.errors import NotAllowed, NotProven
from labeltrust.domain.principals import Principal
from labeltrust.services.authenticate import authenticate_key
from labeltrust.services.deployment import Deployment
from labeltrust.services.lately import Lately
from labeltrust.services.sign_in import authenticate_session
from labeltrust.settings import Settings

COOKIE = "labeltrust_session"
# A browser takes this one over https only, for the whole host, and from nobody but the host.
SECURE_COOKIE = f"__Host-{COOKIE}"
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


class Authentication(ASGIMiddleware):
    """Puts the principal of a request into its scope, or refuses the request."""

    def __init__(self, deployment: Deployment) -> None:
        """Prove keys and sessions at one installation."""
        self._deployment = deployment
        self._keys = KeyCache(deployment)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass a request on with `scope["user"]` set.

        Raises:
            NotProven: Key or session is missing or not valid.
            NotAllowed: The role lacks the route's right, or the route has none.
        """
        opt = scope["route_handler"].opt
        access = opt.get("access")
        if access in {"open", "proof"}:
            await next_app(scope, receive, send)
            return
        if access not in {"key", "session"}:
            raise NotAllowed("nobody may call this route")
        principal = await (self._by_key if access == "key" else self._by_session)(scope)
        principal.require(opt["right"])
        scope["user"] = principal
        await next_app(scope, receive, send)

    async def _by_key(self, scope: Scope) -> Principal:
        found = (value for name, value in scope["headers"] if name == b"authorization")
        scheme, _, text = next(found, b"").decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not text:
            raise NotProven("no key: send `Authorization: Bearer <key>`")
        return await self._keys.principal(text.strip())

    async def _by_session(self, scope: Scope) -> Principal:
        request: Request[Any, Any, Any] = Request(scope)
        token = request.cookies.get(cookie_name(self._deployment.settings), "")
        if not token:
            raise NotProven("not signed in")
        in_use = scope["path"] not in _BY_ITSELF
        return await asyncio.to_thread(authenticate_session, self._deployment, token, in_use=in_use)
