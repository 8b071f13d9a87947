"""The platform adapters that are there, and whose word on gold is taken."""

from collections.abc import Mapping
from typing import Final

from labeltrust import ingest
from labeltrust.discovery import discover
from labeltrust.domain.networks import Network, parsed_networks
from labeltrust.ingest._base import Platform

SPEAK_FREELY: Final = frozenset({"generic", "standard-webhooks", "cloudevents"})
"""Adapters whose senders may say anything, in our own words."""


def platforms() -> dict[str, Platform]:
    """Return the platform adapters found, by name.

    >>> all(name == platform.name for name, platform in platforms().items())
    True
    """
    found = discover(ingest, "PLATFORM", Platform).values()
    return {platform.name: platform for platform in found}


def networks_of(config: Mapping[str, object]) -> tuple[Network, ...]:
    """Return the networks that a source may call from; none stands for everywhere.

    Raises:
        InvalidInput: The setting `networks` is no list of networks.

    >>> [str(one) for one in networks_of({"networks": ["192.0.2.0/24"]})], networks_of({})
    (['192.0.2.0/24'], ())
    """
    told = config.get("networks")
    return () if told is None else parsed_networks(told, "networks")


def is_trusted_with_gold(platform: str, config: Mapping[str, object]) -> bool:
    """Say whether gold events of a source are taken, and count at once.

    Adapters of platforms emit gold only from accounts that the source's settings trust; who speaks
    our own events says anything, and needs the setting `may_declare_gold`.

    >>> is_trusted_with_gold("label-studio", {}), is_trusted_with_gold("generic", {})
    (True, False)
    """
    if platform not in platforms():
        return False
    return platform not in SPEAK_FREELY or config.get("may_declare_gold") is True
