"""Addresses that are told when a project's gate reopens."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from labeltrust.domain.errors import InvalidInput, Misconfigured

_MOST_CHARACTERS = 2_000
_PORTS = {"https": 443, "http": 80}
_MOST_PORT = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class GateHook:
    """An address that is told, without its secret.

    Attributes:
        id: Its number.
        project: Whose gate.
        url: Where the news is sent.
        added_at: When it was subscribed.
        added_by: By whom.
        told_at: When it last took the news, or None.
        trouble: Why it did not take the last one, or None.
    """

    id: int
    project: str
    url: str
    added_at: datetime
    added_by: str
    told_at: datetime | None
    trouble: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HookAddress:
    """An address as a connection needs it."""

    scheme: str
    host: str
    port: int
    target: str


def checked_hook(url: str, *, private: bool = False) -> HookAddress:
    """Return an address that may be told, or refuse it before anything is looked up.

    Args:
        url: As somebody subscribed it.
        private: Also plain http.

    Raises:
        InvalidInput: `hook_refused`, with the reason.

    >>> checked_hook("https://ci.example.org/hooks/7?x=1").target
    '/hooks/7?x=1'
    """
    plain = url.isascii() and url.isprintable() and not set(" \\\\") & set(url)
    try:
        parts = urlsplit(url if plain and len(url) <= _MOST_CHARACTERS else "")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
        parts = urlsplit("")
    if not host or parts.scheme not in _PORTS:
        raise hook_refused("it is no address on the web")
    if parts.scheme == "http" and not private:
        raise hook_refused("only https is told; LABELTRUST_PRIVATE_HOOKS allows http")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise hook_refused("it holds a name, a password or a fragment")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return HookAddress(
        scheme=parts.scheme, host=host, port=port or _PORTS[parts.scheme], target=target
    )


def ports_of(text: str) -> frozenset[int]:
    """Return the ports of a list by commas.

    Raises:
        Misconfigured: One of them is none.

    >>> sorted(ports_of("443, 8443"))
    [443, 8443]
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(p.isascii() and p.isdigit() and 0 < int(p[:6]) <= _MOST_PORT for p in parts):
        detail = f"LABELTRUST_ALERT_PORTS is {text!r}, must be numbers of ports by commas"
        raise Misconfigured(detail)
    return frozenset(int(part) for part in parts)


def hook_refused(why: str) -> InvalidInput:
    """Return the refusal of a hook.

    >>> hook_refused("it is private").code
    'hook_refused'
    """
    return InvalidInput(f"the hook is refused: {why}", place="url", code="hook_refused")
