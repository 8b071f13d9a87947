"""Where a call comes from: addresses of networks, and what proxies say of it."""

import ipaddress
import re
from collections.abc import Iterable, Sequence

from labeltrust.domain.errors import InvalidInput, Misconfigured

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
MAX_NETWORKS = 256
_WITH_PORT = re.compile(r"([0-9.]+):[0-9]{1,5}|\[([0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?")


def parsed_networks(value: object, place: str) -> tuple[Network, ...]:
    """Return a list of networks, each as an address or in CIDR notation.

    Raises:
        InvalidInput: `bad_network`: no list of texts, or no network; bits set beyond the mask are a
            mistake, not a wider network.

    >>> [str(one) for one in parsed_networks(["192.0.2.0/24", "2001:db8::1"], "networks")]
    ['192.0.2.0/24', '2001:db8::1/128']
    """
    if not isinstance(value, list | tuple) or not 0 < len(value) <= MAX_NETWORKS:
        detail = f"must be a list of 1 to {MAX_NETWORKS} networks such as 192.0.2.0/24"
        raise InvalidInput(detail, place=place, code="bad_network")
    return tuple([_network(one, place) for one in value])


def _network(text: object, place: str) -> Network:
    try:
        return ipaddress.ip_network(text.strip() if isinstance(text, str) else "")
    except ValueError:
        detail = f"{text!r:.80} is no network such as 192.0.2.0/24"
        raise InvalidInput(detail, place=place, code="bad_network") from None


def proxies_of(text: str) -> tuple[Network, ...]:
    """Return the networks of trusted proxies out of a setting that lists them by commas.

    Raises:
        Misconfigured: One of them is none.

    >>> [str(one) for one in proxies_of("10.0.0.0/8, ")]
    ['10.0.0.0/8']
    """
    told = [one.strip() for one in text.split(",") if one.strip()]
    try:
        return parsed_networks(told, "LABELTRUST_TRUSTED_PROXIES") if told else ()
    except InvalidInput as error:
        raise Misconfigured(str(error)) from None


def is_within(address: Address | None, networks: Iterable[Network]) -> bool:
    """Say whether an address is known and lies in one of some networks.

    >>> is_within(ipaddress.ip_address("192.0.2.7"), [ipaddress.ip_network("192.0.2.0/24")])
    True
    >>> is_within(None, [ipaddress.ip_network("0.0.0.0/0")])
    False
    """
    return address is not None and any(address in network for network in networks)


def caller_address(
    peer: str | None, forwarded: Sequence[str], proxies: Sequence[Network]
) -> Address | None:
    """Return the address that a call came from.

    What `X-Forwarded-For` says is believed only as far as trusted proxies wrote it: read from its
    end, the first address that is none of theirs is the caller's. Whatever stands before it may be
    the caller's own invention.

    Args:
        peer: The other end of the connection.
        forwarded: Values of the header `X-Forwarded-For`, in their order.
        proxies: Networks of trusted proxies.

    Returns:
        None where the address is not known.

    >>> proxies = [ipaddress.ip_network("10.0.0.0/8")]
    >>> str(caller_address("10.0.0.1", ["6.6.6.6, 192.0.2.7, 10.0.0.2"], proxies))
    '192.0.2.7'
    >>> str(caller_address("192.0.2.9", ["6.6.6.6"], proxies))
    '192.0.2.9'
    """
    at = _address(peer or "")
    steps = [step for value in forwarded for step in value.split(",")]
    while steps and is_within(at, proxies):
        at = _address(steps.pop())
    return at


def _address(text: str) -> Address | None:
    plain = text.strip()
    found = _WITH_PORT.fullmatch(plain)
    if found:
        plain = found[1] or found[2]
    try:
        address = ipaddress.ip_address(plain.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
