"""Who agrees with whom more or less than their items lead one to expect."""

from dataclasses import dataclass

import numpy as np

from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import Float, Int, summed

SHOWN_PAIRS = 6
"""Others named at each end: those who agree most, and those who contradict most."""
LEAST_SHARED = 3
MOST_ON_ITEM = 40
"""Items with more labels than this tell little of any pair, and hold most of the pairs."""
MOST_PAIRS = 4_000_000
_CHUNK = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Meetings:
    """For each labeler the others that stand out, those who agree most first.

    Attributes:
        begins: (n_labelers + 1,) where each one's begin in the columns below, and the end.
        other: Codes of the others.
        shared: Items that both labeled.
        same: On how many both said the same.
        expected: On how many two typical labelers of the same items would.
        excess: Standard deviations beyond that; below 0 where they contradict each other.
    """

    begins: Int
    other: Int
    shared: Int
    same: Int
    expected: Float
    excess: Float


def meetings(crowd: FittedCrowd) -> Meetings:
    """Compare every labeler with the others of the same items.

    Each one's own label is left out of what is believed of the item. Where there are more than
    `MOST_PAIRS` pairs of labels, a fixed random part of the items speaks for all.
    """
    one, two = _pairs_of_rows(crowd)
    n = crowd.rows.n_labelers
    who = crowd.rows.labeler
    key = np.concatenate([who[one] * n + who[two], who[two] * n + who[one]])
    pair, place = np.unique(key, return_inverse=True)
    same, chance = _agreed(crowd, one, two)
    both = np.tile(same, 2), np.tile(chance, 2)
    shared = np.bincount(place, minlength=pair.size)
    agreed, expected = (summed(place, column, pair.size) for column in both)
    spread = summed(place, both[1] * (1 - both[1]), pair.size)
    excess = (agreed - expected) / np.sqrt(spread + 0.5)
    mine, other = pair // max(n, 1), pair % max(n, 1)
    kept = _outstanding(mine, excess, shared)
    return Meetings(
        begins=np.append(0, np.cumsum(np.bincount(mine[kept], minlength=n))),
        other=other[kept],
        shared=shared[kept],
        same=agreed[kept].astype(np.int64),
        expected=expected[kept],
        excess=excess[kept],
    )


def _pairs_of_rows(crowd: FittedCrowd) -> tuple[Int, Int]:
    """Return all pairs of rows of one item, each once; rows are sorted by item."""
    rows = crowd.rows
    m = np.bincount(rows.item, minlength=rows.n_items)
    begins = np.cumsum(m) - m
    usable = _usable(m)
    ones, twos = [], []
    for gap in range(1, MOST_ON_ITEM):
        some = np.flatnonzero(usable & (m > gap))
        if not some.size:
            break
        n = m[some] - gap
        offset = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)
        first = np.repeat(begins[some], n) + offset
        ones.append(first)
        twos.append(first + gap)
    none = np.zeros(0, dtype=np.int64)
    return np.concatenate([none, *ones]), np.concatenate([none, *twos])


def _usable(m: Int) -> np.typing.NDArray[np.bool_]:
    usable = (m > 1) & (m <= MOST_ON_ITEM)
    pairs = np.where(usable, m * (m - 1) // 2, 0)
    if pairs.sum() > MOST_PAIRS:
        order = np.random.default_rng(0).permutation(m.size)
        usable[order[np.cumsum(pairs[order]) > MOST_PAIRS]] = False
    return usable


def _agreed(crowd: FittedCrowd, one: Int, two: Int) -> tuple[Float, Float]:
    """Return whether each pair of rows agrees, and the chance that two typical labelers would."""
    same = (crowd.rows.label[one] == crowd.rows.label[two]).astype(np.float64)
    usual = crowd.belief @ crowd.model.typical
    chance = np.empty(one.size)
    for start in range(0, one.size, _CHUNK):
        part = slice(start, start + _CHUNK)
        chance[part] = (usual[one[part]] * usual[two[part]]).sum(axis=1)
    return same, chance.clip(0, 1)


def _outstanding(mine: Int, excess: Float, shared: Int) -> Int:
    """Return the pairs at both ends of each labeler's list, the highest excess first."""
    some = np.flatnonzero(shared >= LEAST_SHARED)
    order = some[np.lexsort((-excess[some], mine[some]))]
    who = mine[order]
    n = np.bincount(who) if who.size else np.zeros(0, dtype=np.int64)
    rank = np.arange(order.size) - np.repeat(np.cumsum(n) - n, n)
    from_end = n[who] - 1 - rank
    kept: Int = order[(rank < SHOWN_PAIRS) | (from_end < SHOWN_PAIRS)]
    return kept
