"""Fetch a picture from an allowed host, so that neither page nor item reaches anything else.

The host is resolved once and every address it has must be public; the connection goes to the
address that was looked at, so that a second answer of the name server changes nothing. No
redirects, no cookies, no more bytes than allowed, and no part of another answer is passed on.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Callable

from labeltrust.domain.media import (
    MediaAddress,
    Picture,
    checked_picture,
    is_loopback,
    is_public,
    refused,
)

Resolve = Callable[[str, int], list[str]]
MOST_BYTES = 10 * 1_048_576
CONNECT_SECONDS = 5.0
WHOLE_SECONDS = 15.0
_PIECE = 65_536
_OK = 200


def resolve(host: str, port: int) -> list[str]:
    """Return every network address of a host, as the machine's resolver gives them.

    Raises:
        InvalidInput: It has none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise refused("its host cannot be found") from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def fetch_picture(
    address: MediaAddress, *, loopback: bool = False, resolver: Resolve = resolve
) -> Picture:
    """Return the picture at an address that was checked by `domain.media.checked_address`.

    Args:
        address: What to fetch.
        loopback: Also from this machine, also by plain http; tests only.
        resolver: Looks the host up; called once.

    Raises:
        InvalidInput: `media_refused`: not public, no picture, too large, too slow, not there.
    """
    place = _checked(resolver(address.host, address.port), loopback=loopback)
    try:
        return _fetched(address, place)
    except (OSError, http.client.HTTPException):
        raise refused("its host did not answer as a web server should") from None


def _checked(places: list[str], *, loopback: bool) -> str:
    """Return the address to connect to; one that is not public spoils all."""
    for place in places:
        if not is_public(place) and not (loopback and is_loopback(place)):
            raise refused("its host has an address inside a network")
    if not places:
        raise refused("its host cannot be found")
    return places[0]


def _fetched(address: MediaAddress, place: str) -> Picture:
    ends = time.monotonic() + WHOLE_SECONDS
    connection = http.client.HTTPConnection(address.host, address.port, timeout=CONNECT_SECONDS)
    connection.default_port = address.port  # so that the Host header names no port
    plain = socket.create_connection((place, address.port), timeout=CONNECT_SECONDS)
    try:
        connection.sock = _secured(plain, address)
        headers = {"Accept": "image/*", "Accept-Encoding": "identity", "User-Agent": "labeltrust"}
        connection.request("GET", address.target, headers=headers)
        answer = connection.getresponse()
        if answer.status != _OK:
            raise refused(f"its host answered {answer.status}")
        if answer.getheader("Content-Encoding", "identity").lower() != "identity":
            raise refused("it is compressed")
        return checked_picture(answer.getheader("Content-Type", ""), _body(answer, ends))
    finally:
        connection.close()
        plain.close()


def _secured(plain: socket.socket, address: MediaAddress) -> socket.socket:
    if address.scheme == "http":
        return plain
    return ssl.create_default_context().wrap_socket(plain, server_hostname=address.host)


def _body(answer: http.client.HTTPResponse, ends: float) -> bytes:
    """Read what comes, as long as it is neither too much nor too slow."""
    pieces: list[bytes] = []
    size = 0
    while piece := answer.read1(_PIECE):
        size += len(piece)
        if size > MOST_BYTES:
            raise refused(f"it is larger than {MOST_BYTES} bytes")
        if time.monotonic() > ends:
            raise refused(f"it took more than {WHOLE_SECONDS:.0f} seconds")
        pieces.append(piece)
    return b"".join(pieces)
