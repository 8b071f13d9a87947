"""The platform adapters that are there."""

from labeltrust import ingest
from labeltrust.discovery import discover
from labeltrust.ingest._base import Platform


def platforms() -> dict[str, Platform]:
    """Return the platform adapters found, by name.

    >>> all(name == platform.name for name, platform in platforms().items())
    True
    """
    found = discover(ingest, "PLATFORM", Platform).values()
    return {platform.name: platform for platform in found}
