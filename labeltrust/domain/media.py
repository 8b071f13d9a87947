"""Where pictures of items may be fetched from, and what counts as a picture."""

import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import SplitResult, urlsplit

from labeltrust.domain.errors import InvalidInput

MOST_ADDRESS_CHARACTERS = 4_096
PICTURE_STARTS: Mapping[str, tuple[bytes, ...]] = MappingProxyType(
    {
        "image/png": (b"\x89PNG\r\n\x1a\n",),
        "image/jpeg": (b"\xff\xd8\xff",),
        "image/gif": (b"GIF87a", b"GIF89a"),
        "image/webp": (b"RIFF",),
    }
)
"""The types that are shown, by the bytes that they begin with. No SVG: it can hold script."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A fetched picture."""

    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaAddress:
    """An address that may be fetched: scheme, host, port and what to ask for."""

    scheme: str
    host: str
    port: int
    target: str


def host_of(address: str) -> str:
    """Return the host of an address in lower case, empty where there is none.

    >>> host_of("https://Cdn.Example.org/a.png")
    'cdn.example.org'
    """
    parts = _parts(address)
    return "" if parts is None else (parts.hostname or "").lower()


def is_allowed(address: str, hosts: Collection[str]) -> bool:
    """Say whether the host of an address is on a list; `*.example.org` stands for all below it.

    >>> is_allowed("https://a.example.org/x", ["*.example.org"])
    True
    >>> is_allowed("https://example.org.evil.test/x", ["example.org"])
    False
    """
    host = host_of(address)
    return bool(host) and any(_matches(host, allowed.lower()) for allowed in hosts)


def _matches(host: str, allowed: str) -> bool:
    if allowed.startswith("*."):
        return host.endswith(allowed[1:]) and len(host) > len(allowed) - 1
    return host == allowed


def checked_address(
    address: str, hosts: Collection[str], *, loopback: bool = False
) -> MediaAddress:
    """Return an address that may be fetched, or refuse it before anything is looked up.

    Args:
        address: As the item's content names it.
        hosts: Allowed hosts.
        loopback: Also plain http and any port; tests only.

    Raises:
        InvalidInput: `media_refused`, with the reason.

    >>> checked_address("https://cdn.example.org/a.png?w=2", ["cdn.example.org"]).target
    '/a.png?w=2'
    """
    parts = _parts(address)
    if parts is None or not parts.hostname:
        raise refused("it is no address of a picture")
    if parts.scheme != "https" and not (loopback and parts.scheme == "http"):
        raise refused("only https is fetched")
    if parts.username is not None or parts.password is not None:
        raise refused("it holds a name or password")
    host = parts.hostname.lower()
    if not is_allowed(address, hosts):
        raise refused(f"host {host[:200]!r} is not in LABELTRUST_MEDIA_HOSTS")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if port != 443 and not loopback:  # noqa: PLR2004 - https
        raise refused("only port 443 is fetched")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return MediaAddress(scheme=parts.scheme, host=host, port=port, target=target)


def _parts(address: str) -> SplitResult | None:
    """Return the parts of a well-formed address of plain characters, or None."""
    plain = address.isascii() and address.isprintable() and " " not in address
    if not plain or "\\" in address or len(address) > MOST_ADDRESS_CHARACTERS:
        return None
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in {"http", "https"} else None


def is_public(address: str) -> bool:
    """Say whether a network address is one of the public internet, and no way around to another.

    >>> is_public("93.184.216.34"), is_public("10.0.0.1"), is_public("::ffff:127.0.0.1")
    (True, False, False)
    >>> is_public("2002:7f00:1::"), is_public("169.254.169.254"), is_public("0.0.0.0")
    (False, False, False)
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = (found.ipv4_mapped, found.sixtofour, found.teredo)
        if any(inner) or found in _NAT64:
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_loopback(address: str) -> bool:
    """Say whether a network address is this machine.

    >>> is_loopback("127.0.0.1"), is_loopback("10.0.0.1")
    (True, False)
    """
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


def checked_picture(media_type: str, body: bytes) -> Picture:
    """Return a picture whose bytes are what its type says, or refuse it.

    Raises:
        InvalidInput: `media_refused`.

    >>> checked_picture("image/gif; q=1", b"GIF89a...").media_type
    'image/gif'
    """
    plain = media_type.partition(";")[0].strip().lower()
    starts = PICTURE_STARTS.get(plain)
    if starts is None:
        raise refused(f"type {plain[:80]!r} is none of {', '.join(PICTURE_STARTS)}")
    if not body.startswith(starts) or (plain == "image/webp" and body[8:12] != b"WEBP"):
        raise refused(f"its bytes are no {plain}")
    return Picture(media_type=plain, body=body)


def refused(reason: str) -> InvalidInput:
    """Return the one error of everything that is not fetched."""
    return InvalidInput(f"picture not fetched: {reason}", place="url", code="media_refused")
