"""The connectors that are there, and an open line to a source's platform."""

from labeltrust import connectors as folder
from labeltrust.connectors._base import Connector
from labeltrust.connectors._web import Api
from labeltrust.discovery import discover
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.platform_access import Access, checked_root, networks_of
from labeltrust.settings import Settings


def connectors() -> dict[str, Connector]:
    """Return the connectors found, by the name of their platform.

    >>> all(name == connector.name for name, connector in connectors().items())
    True
    """
    found = discover(folder, "CONNECTOR", Connector).values()
    return {connector.name: connector for connector in found}


def connector_of(platform: str) -> Connector:
    """Return the connector of a platform.

    Raises:
        InvalidInput: `no_connector`.
    """
    found = connectors().get(platform)
    if found is None:
        known = ", ".join(sorted(connectors()))
        detail = f"platform {platform[:80]!r} cannot be read by its API; those that can: {known}"
        raise InvalidInput(detail, place="platform", code="no_connector")
    return found


def opened(settings: Settings, connector: Connector, access: Access) -> Api:
    """Return a line to a platform; its host is looked up once, here.

    Raises:
        InvalidInput: The address may not be asked.
    """
    return Api(
        checked_root(access.url),
        connector.sign(access),
        networks=networks_of(settings.platform_networks),
        whole_seconds=settings.pull_minutes * 60,
    )
