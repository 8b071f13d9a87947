"""Which labels meet on an item, and how alike they are in sum: never items times labels squared."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from labeltrust.counts._base import NO_GOLD, Float, Int, Judgments, summed
from labeltrust.counts._likeness import Chance, Likeness
from labeltrust.counts._split import bucket, groups
from labeltrust.counts._tally import Tally, tally
from labeltrust.domain.similarity import MEASURES, Measure
from labeltrust.domain.similarity._base import chunks, expanded

MOST_MET = 32
"""Where more than twice as many labels meet on one item, each is compared with this many after it
and before it in an order by hash: a survey with 10,000 answers to one question stays countable."""
MOST_DRAWN = 20_000
"""Pairs drawn to see how unlike labels are by chance: a standard error below 0.004."""
SEED = 20_261_123
"""Of that draw, so that an assessment gives the same again."""
_COMPARED = 200_000
"""Pairs compared at a time."""


def with_likeness(
    judgments: Judgments,
    words: Sequence[str],
    rng: np.random.Generator,
    measure: Measure | None = None,
) -> Judgments:
    """Return a block that knows how alike its labels are.

    Args:
        judgments: All judgments of a question whose labels have parts; parts of the block may be
            taken afterwards.
        words: (n_labels,) canonical labels by code.
        rng: Draws the pairs that show how unlike labels are by chance.
        measure: Compares labels by code; by default the one of the block's level.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1], [0, 1], [0, 1], n_labelers=2, values=[0, 1], level="set")
    >>> b = with_likeness(b, ['["a"]', '["a","b"]'], np.random.default_rng(1))
    >>> b.likeness.of(np.array([0, 1]), np.array([1, 1])).tolist()
    [0.5, 1.0]
    """
    compare = MEASURES[judgments.level](words) if measure is None else measure
    found = tally(judgments)
    size = judgments.n_labels
    key = np.unique(np.concatenate([*_met(found, size), _gold_keys(judgments)]))
    likeness = Likeness(
        key=key,
        value=_compared(compare, key // max(size, 1), key % max(size, 1)),
        n_labels=size,
        chance=_chance(judgments, found, compare, rng),
    )
    return replace(judgments, likeness=likeness)


def meetings(group: Int, label: Int) -> Iterator[tuple[Int, Int]]:
    """Yield places of rows that meet inside a group, each pair once, in chunks.

    Args:
        group: (n,) group codes.
        label: (n,) label codes, which order large groups.

    >>> [[x.tolist() for x in pair] for pair in meetings(np.array([0, 0, 7]), np.array([4, 5, 6]))]
    [[[1], [0]]]
    """
    order = np.lexsort((label, bucket(label, 1 << 31), group))
    begins, size = _runs(group[order])
    place = np.arange(order.size) - begins
    reach = np.minimum(size // 2, MOST_MET)
    opposite = (size % 2 == 0) & (reach == size // 2) & (place >= size // 2)
    n = reach - opposite
    for part in chunks(n):
        who, step = expanded(np.ones_like(n[part]), n[part])
        who = who + part.start
        yield order[who], order[begins[who] + (place[who] + step) % size[who]]


def _runs(group: Int) -> tuple[Int, Int]:
    """Return where each row's group begins, and how large it is; rows come sorted by group."""
    begins = np.searchsorted(group, group, side="left")
    return begins, np.searchsorted(group, group, side="right") - begins


def met_similarity(group: Int, label: Int, weight: Float, likeness: Likeness) -> Float:
    """Return each row's summed weighted similarity to the rows of its group, itself included.

    Where a row was not compared with all others, those it was compared with stand for them.

    Args:
        group: (n,) group codes.
        label: (n,) label codes.
        weight: (n,) weights.
        likeness: How alike labels are.
    """
    n = label.size
    total, known = np.zeros(n), np.zeros(n)
    for left, right in meetings(group, label):
        alike = likeness.of(label[left], label[right])
        there = np.isfinite(alike)
        for one, two in ((left, right), (right, left)):
            total += summed(one, np.where(there, alike, 0.0) * weight[two], n)
            known += summed(one, there * weight[two], n)
    others = summed(group, weight, int(group.max(initial=-1)) + 1)[group] - weight
    mean = np.divide(total, known, out=np.zeros(n), where=known > 0)
    return np.where(np.isclose(known, others), total, mean * others) + weight


def _met(found: Tally, size: int) -> Iterator[Int]:
    for left, right in meetings(found.run_item, found.run_label):
        one, two = found.run_label[left], found.run_label[right]
        yield np.unique(np.minimum(one, two) * size + np.maximum(one, two))


def _gold_keys(judgments: Judgments) -> Int:
    gold = judgments.gold[judgments.item]
    rows = np.flatnonzero((gold != NO_GOLD) & (gold != judgments.label))
    one, two = judgments.label[rows], gold[rows]
    return np.unique(np.minimum(one, two) * judgments.n_labels + np.maximum(one, two))


def _compared(compare: Measure, one: Int, two: Int) -> Float:
    parts = [slice(k, k + _COMPARED) for k in range(0, one.size, _COMPARED)]
    return np.concatenate([np.zeros(0), *(compare(one[part], two[part]) for part in parts)])


def _chance(
    judgments: Judgments, found: Tally, compare: Measure, rng: np.random.Generator
) -> Chance:
    rows = np.flatnonzero(found.voters[judgments.item] >= 2)  # noqa: PLR2004 - agreement takes two
    complete = rows.size * (rows.size - 1) // 2 <= MOST_DRAWN
    if complete:
        one, two = (rows[k] for k in np.triu_indices(rows.size, 1))
        weight = found.vote[one] * found.vote[two]
    else:
        share = found.vote[rows] / found.vote[rows].sum()
        one, two = (rng.choice(rows, MOST_DRAWN, p=share) for _ in range(2))
        weight = np.ones(MOST_DRAWN)
    apart = found.unit_of_row[one] != found.unit_of_row[two]
    one, two, weight = one[apart], two[apart], weight[apart]
    label = judgments.label[one], judgments.label[two]
    alike = np.where(label[0] == label[1], 1.0, _compared(compare, *label))
    group = groups(judgments)[judgments.item]
    return Chance(
        labeler=np.hstack([_needed(judgments, found, side) for side in (one, two)]),
        group=np.stack([group[one], group[two]], axis=1),
        distance=1 - alike,
        weight=weight,
        complete=complete,
    )


def _needed(judgments: Judgments, found: Tally, rows: Int) -> Int:
    """Return for each row its labeler, and the one without whom he were alone on the item."""
    own, item = judgments.labeler[rows], judgments.item[rows]
    both = summed(found.unit_item, found.unit_labeler, found.voters.size).astype(np.int64)
    other = np.where(found.voters[item] == 2, both[item] - own, own)  # noqa: PLR2004 - a pair
    return np.stack([own, other], axis=1)
