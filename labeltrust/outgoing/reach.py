"""Where messages may go: public addresses, few ports, and what the operator named besides.

A name is looked up once; every address it has must be allowed, and the connection goes to the one
that was looked at, so that a second answer of the name server changes nothing.
"""

import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.hooks import HookAddress
from labeltrust.domain.media import is_loopback, is_public

Resolve = Callable[[str, int], list[str]]
CONNECT_SECONDS: Final = 5.0
WHOLE_SECONDS: Final = 15.0
_MOST_CHARACTERS = 2_000
_PORTS = {"https": 443, "http": 80}


def resolve(host: str, port: int) -> list[str]:
    """Return every network address of a host, as the machine's resolver gives them."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What may be connected to.

    Attributes:
        ports: Ports of the public internet, beside those of a protocol of its own (mail).
        inside: `host:port` of hosts inside networks of one's own; these without TLS, too. Never
            this machine, and never what only this link can see.
        loopback: Also this machine, at any port and without TLS; tests only.
        resolver: Looks names up.
    """

    ports: frozenset[int] = frozenset({443})
    inside: frozenset[str] = frozenset()
    loopback: bool = False
    resolver: Resolve = resolve

    def is_inside(self, host: str, port: int) -> bool:
        """Say whether the operator named a host and port.

        >>> Reach(inside=frozenset({"am.internal:9093"})).is_inside("am.internal", 9093)
        True
        """
        return f"{host}:{port}" in self.inside


def checked_url(url: str, reach: Reach) -> HookAddress:
    """Return an address on the web that may be told, or refuse it before anything is looked up.

    Raises:
        InvalidInput: `address_refused`, with the reason.

    >>> checked_url("https://hooks.example.org/a?b=c", Reach()).target
    '/a?b=c'
    """
    plain = url.isascii() and url.isprintable() and not set(' \\"<>^`{|}') & set(url)
    try:
        parts = urlsplit(url if plain and len(url) <= _MOST_CHARACTERS else "")
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise address_refused("it is no address on the web") from None
    if not host or parts.scheme not in _PORTS or host.endswith(".") or "%" in host:
        raise address_refused("it is no address on the web")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise address_refused("it holds a name, a password or a fragment")
    port = _PORTS[parts.scheme] if port is None else port
    named = reach.is_inside(host, port) or reach.loopback
    if parts.scheme == "http" and not named:
        raise address_refused("only https is told")
    if port not in reach.ports and not named:
        raise address_refused(f"port {port} is not in LABELTRUST_ALERT_PORTS")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return HookAddress(scheme=parts.scheme, host=host, port=port, target=target)


def place_of(host: str, port: int, reach: Reach) -> str:
    """Return the network address to connect to; one that is not allowed spoils all.

    Raises:
        InvalidInput: `address_refused`: not found, or inside a network.
    """
    found = reach.resolver(host, port)
    if not found:
        raise address_refused("its host cannot be found")
    for place in found:
        if not _is_allowed(place, reach, named=reach.is_inside(host, port)):
            raise address_refused(
                "its host has an address inside a network; LABELTRUST_ALERT_HOSTS names those "
                "that are told"
            )
    return found[0]


def is_place_allowed(place: str, port: int, reach: Reach) -> bool:
    """Say whether a network address and port may be connected to, whatever name led there.

    >>> is_place_allowed("93.184.216.34", 443, Reach()), is_place_allowed("10.0.0.1", 443, Reach())
    (True, False)
    """
    if reach.loopback and is_loopback(place):
        return True
    named = reach.is_inside(place, port)
    return (port in reach.ports or named) and _is_allowed(place, reach, named=named)


def _is_allowed(place: str, reach: Reach, *, named: bool) -> bool:
    if is_public(place) or (reach.loopback and is_loopback(place)):
        return True
    found = ipaddress.ip_address(place.partition("%")[0])
    outlawed = (found.is_loopback, found.is_link_local, found.is_multicast, found.is_unspecified)
    way_around = isinstance(found, ipaddress.IPv6Address) and not found.is_private
    return named and found.is_private and not any(outlawed) and not way_around and not _maps(found)


def _maps(found: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Say whether an address of the newer kind stands for one of the older kind."""
    return isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None


@contextmanager
def connected(
    host: str, port: int, reach: Reach, *, tls: bool, seconds: float = WHOLE_SECONDS
) -> Iterator[socket.socket]:
    """Give a connection to a host's checked address, cut off when its time is over.

    Args:
        host: Whose certificate it must show.
        port: Where.
        reach: What may be connected to.
        tls: From the first byte on.
        seconds: How long everything may take; a server that drips does not hold a thread.

    Raises:
        InvalidInput: The address is refused.
        OSError: Nobody answers there, or the certificate is not of this host.
    """
    place = place_of(host, port, reach)
    with (
        socket.create_connection((place, port), timeout=CONNECT_SECONDS) as plain,
        # A second handle of the same connection: what TLS wraps gives the first one away.
        plain.dup() as handle,
        _ending(handle, seconds),
        secured(plain, host) if tls else contextlib.nullcontext(plain) as given,
    ):
        yield given


@contextmanager
def _ending(handle: socket.socket, seconds: float) -> Iterator[None]:
    end = threading.Timer(seconds, _cut, [handle])
    end.daemon = True
    end.start()
    try:
        yield
    finally:
        end.cancel()


def secured(plain: socket.socket, host: str) -> ssl.SSLSocket:
    """Return a connection with TLS and the host's proven certificate."""
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def _cut(handle: socket.socket) -> None:
    try:
        handle.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it is over already


def address_refused(why: str) -> InvalidInput:
    """Return the refusal of an address.

    >>> address_refused("it is private").code
    'address_refused'
    """
    return InvalidInput(f"the address is refused: {why}", place="url", code="address_refused")
