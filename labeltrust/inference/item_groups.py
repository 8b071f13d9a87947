"""Groups of items that share a feature: a category, a range of numbers, or that it is told."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeltrust.counts import Feature

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]

FEW_NUMBERS = 12
"""Numbers with no more distinct values than this are categories: a trigger told as 0 or 1."""
N_RANGES = 5
TAIL = 0.05
"""Share of the items at either end of a feature that make a group of their own."""
LARGEST = 0.5
"""A group of more of the items than this is the rule, not an exception to it."""
FEWEST = 20
MOST_GROUPS = 64
"""Groups a project is searched through; the rest, smaller ones, are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemGroup:
    """Items that share one value of one feature.

    Attributes:
        feature: Name of the feature.
        value: The value in words: `SE`, `8.5 to 12`, `told`, `not told`.
        member: (n_items,) which items.
    """

    feature: str
    value: str
    member: Bool


def item_groups(features: Mapping[str, Feature]) -> tuple[ItemGroup, ...]:
    """Return the groups of items by feature, largest first; none too large, small or many.

    >>> amount = Feature(values=np.arange(800.0))
    >>> [group.value for group in item_groups({"amount": amount})][:2]
    ['0 to 159', '160 to 319']
    >>> trigger = Feature(values=np.repeat([0.0, 1.0], [70, 30]))
    >>> [group.value for group in item_groups({"trigger": trigger})]
    ['1']
    """
    groups = [group for name, feature in sorted(features.items()) for group in _of(name, feature)]
    sizes = np.array([group.member.sum() for group in groups])
    order = np.argsort(-sizes, kind="stable")
    fit = [groups[k] for k in order if FEWEST <= sizes[k] <= LARGEST * groups[k].member.size]
    return tuple(fit[:MOST_GROUPS])


def _of(name: str, feature: Feature) -> list[ItemGroup]:
    values = feature.values
    told = np.isfinite(values)
    known = values[told]
    groups = [("told", told), ("not told", ~told)]
    if feature.words:
        frequent = np.argsort(-np.bincount(known.astype(np.int64)), kind="stable")[:MOST_GROUPS]
        groups += [(feature.words[code], values == code) for code in frequent.tolist()]
    elif np.unique(known).size <= FEW_NUMBERS:
        groups += [(f"{number:g}", values == number) for number in np.unique(known).tolist()]
    else:
        groups += [(_range(values, at), at) for at in _ranges(values, known)]
    return [ItemGroup(feature=name, value=word, member=member) for word, member in groups]


def _ranges(values: Float, known: Float) -> list[Bool]:
    """Cut numbers into ranges of like size, and both tails."""
    cuts = np.unique(np.quantile(known, np.linspace(0, 1, N_RANGES + 1)[1:-1]))
    place = np.searchsorted(cuts, values, side="right")
    low, high = np.quantile(known, [TAIL, 1 - TAIL])
    parts = [(place == k) & np.isfinite(values) for k in range(cuts.size + 1)]
    return [*parts, values <= low, values >= high]


def _range(values: Float, member: Bool) -> str:
    if not member.any():
        return "none"
    return f"{values[member].min():.6g} to {values[member].max():.6g}"
