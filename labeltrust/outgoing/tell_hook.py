"""Tell an address something: one signed POST, never to a network of one's own unless allowed.

The host is resolved once and every address it has must be public; the connection goes to the
address that was looked at. No redirects are followed, and nothing of the answer is kept but its
status.
"""

import http.client
import socket
import ssl
from collections.abc import Mapping

from labeltrust.domain.hooks import HookAddress, hook_refused
from labeltrust.domain.media import is_public

SECONDS = 10.0


def require_reachable(address: HookAddress, *, private: bool) -> str:
    """Return the network address of a hook's host, or refuse one that is not public.

    Raises:
        InvalidInput: It cannot be found, or lies inside a network, which only `private` allows.
    """
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise hook_refused("its host cannot be found") from None
    places = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not private and not all(is_public(place) for place in places):
        why = "its host has an address inside a network; LABELTRUST_PRIVATE_HOOKS allows that"
        raise hook_refused(why)
    return places[0]


def tell_hook(
    address: HookAddress, body: bytes, headers: Mapping[str, str], *, private: bool = False
) -> int:
    """Post a body and return the status of the answer.

    Raises:
        InvalidInput: The address may not be told.
        OSError: Nobody answers in time.
    """
    place = require_reachable(address, private=private)
    connection = http.client.HTTPConnection(address.host, address.port, timeout=SECONDS)
    plain = socket.create_connection((place, address.port), timeout=SECONDS)
    try:
        connection.sock = _secured(plain, address)
        connection.request("POST", address.target, body=body, headers=dict(headers))
        return connection.getresponse().status
    except http.client.HTTPException as error:
        detail = f"no answer of a web server: {type(error).__name__}"
        raise OSError(detail) from error
    finally:
        connection.close()
        plain.close()


def _secured(plain: socket.socket, address: HookAddress) -> socket.socket:
    if address.scheme == "http":
        return plain
    return ssl.create_default_context().wrap_socket(plain, server_hostname=address.host)
