"""What is kept of items, held against the chains that were just verified."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from labeltrust.services.deployment import Deployment
from labeltrust.store.kept_items import KeptItems, OddItem, Told, look_at_items, told_meanwhile
from labeltrust.store.verification import VerifiedChain

_WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "content": ("what it shows is not what any source told", "what it shows is gone"),
        "features": ("its features are not what any source told", "its features are gone"),
    }
)


def kept_items(deployment: Deployment, told: Told, chains: Sequence[VerifiedChain]) -> KeptItems:
    """Hold what is kept of items against the records; some may have been told of meanwhile.

    Args:
        deployment: The installation.
        told: What the records of the chains that hold say.
        chains: As they were verified.
    """
    items = look_at_items(deployment.engine, told)
    through = {chain.name: chain.records for chain in chains if chain.broken is None}
    items.odd = list(told_meanwhile(deployment.engine, items.odd, through))
    return items


def in_words(odd: OddItem) -> str:
    """Return an item of which something else is kept than was told as one clause.

    >>> in_words(OddItem(item=7, project="fraud", part="features", mark=b""))
    "item 7 of project 'fraud': its features are gone"
    """
    wrong, gone = _WORDS[odd.part]
    return f"item {odd.item} of project {odd.project!r}: {wrong if odd.mark else gone}"
