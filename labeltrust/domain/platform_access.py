"""How a platform's API is reached: address, the platform's own project, and a token."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from labeltrust.domain.errors import InvalidInput, Misconfigured
from labeltrust.domain.media import is_public
from labeltrust.domain.networks import Network, parsed_networks

_MOST_CHARACTERS = 2_000
_PORTS = {"https": 443, "http": 80}
_PUBLIC_PORTS = frozenset({443, 8443})


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a connector is given; the token never shows itself.

    Attributes:
        url: Root of the platform, such as `https://labels.example.org`.
        remote: The platform's own id of the project or dataset; several apart by commas.
        token: An access token of the platform.
    """

    url: str
    remote: str
    token: str = field(repr=False)

    @property
    def remotes(self) -> tuple[str, ...]:
        """The platform's ids one by one.

        >>> Access(url="https://x.test", remote="3, 4", token="t").remotes
        ('3', '4')
        """
        return tuple(part.strip() for part in self.remote.split(",") if part.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessInfo:
    """How a source's platform is read, without the token.

    Attributes:
        every_minutes: How often it is read; 0: by hand only.
    """

    url: str
    remote: str
    every_minutes: int
    set_at: datetime
    set_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessDraft:
    """How a source's platform is to be read from now on."""

    url: str
    remote: str
    token: str = field(repr=False)
    every_minutes: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """The root of a platform as a connection needs it; `path` has no slash at its end."""

    scheme: str
    host: str
    port: int
    path: str


def checked_root(url: str) -> Root:
    """Return the root of a platform, or refuse it before anything is looked up.

    Raises:
        InvalidInput: `platform_refused`, with the reason.

    >>> checked_root("https://labels.example.org/studio/").path
    '/studio'
    """
    plain = url.isascii() and url.isprintable() and not set(" \\") & set(url)
    try:
        parts = urlsplit(url if plain and len(url) <= _MOST_CHARACTERS else "")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
        parts = urlsplit("")
    if not host or parts.scheme not in _PORTS:
        raise platform_refused("it is no address on the web")
    if parts.username is not None or parts.password is not None:
        raise platform_refused("it holds a name or a password")
    if parts.query or parts.fragment:
        raise platform_refused("it is no root: it holds a query or a fragment")
    return Root(
        scheme=parts.scheme,
        host=host.lower(),
        port=port or _PORTS[parts.scheme],
        path=parts.path.rstrip("/"),
    )


def checked_place(root: Root, places: Sequence[str], networks: Sequence[Network]) -> str:
    """Return the network address to connect to; one that is not allowed spoils all.

    Args:
        root: The platform.
        places: Every network address that its host has.
        networks: Networks of one's own that are allowed, with any port and without TLS.

    Raises:
        InvalidInput: `platform_refused`, with the reason.

    >>> own = [ipaddress.ip_network("10.0.0.0/8")]
    >>> checked_place(checked_root("http://ls.test:8080"), ["10.1.2.3"], own)
    '10.1.2.3'
    """
    if not places:
        raise platform_refused("its host cannot be found")
    for place in places:
        if _is_own(place, networks):
            continue
        if not is_public(place):
            why = "its host has an address inside a network that LABELTRUST_PLATFORM_NETWORKS lacks"
            raise platform_refused(why)
        if root.scheme != "https" or root.port not in _PUBLIC_PORTS:
            raise platform_refused("a public host is read by https on port 443 or 8443 only")
    return places[0]


def networks_of(text: str) -> tuple[Network, ...]:
    """Return networks given by commas.

    Raises:
        Misconfigured: One of them is none.

    >>> [str(one) for one in networks_of("10.1.0.0/16, ::1")]
    ['10.1.0.0/16', '::1/128']
    """
    told = [one.strip() for one in text.split(",") if one.strip()]
    try:
        return parsed_networks(told, "LABELTRUST_PLATFORM_NETWORKS") if told else ()
    except InvalidInput as error:
        raise Misconfigured(str(error)) from None


def _is_own(place: str, networks: Sequence[Network]) -> bool:
    found = ipaddress.ip_address(place.partition("%")[0])
    # Link-local addresses hand out the credentials of machines in clouds: never.
    if found.is_link_local or found.is_unspecified or found.is_multicast:
        return False
    return any(found.version == net.version and found in net for net in networks)


def platform_refused(why: str) -> InvalidInput:
    """Return the refusal of a platform's address.

    >>> platform_refused("it is private").code
    'platform_refused'
    """
    return InvalidInput(f"the platform is refused: {why}", place="url", code="platform_refused")
