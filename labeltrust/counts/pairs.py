"""What every two labelers said on the items they share."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from labeltrust.counts._base import Counter, Float, Int, Judgments
from labeltrust.counts._cells import Cells, Gathered, cells
from labeltrust.counts._meetings import meetings
from labeltrust.counts._split import select_items
from labeltrust.counts._tally import Tally, tally
from labeltrust.domain.similarity._base import expanded

MOST_PAIRED = 200
"""On an item with more labelers than this, a survey's question rather than a task, each labeler is
paired with 64 others (see `_meetings.MOST_MET`): all pairs of 10,000 labels are 50 million."""

_ROWS = 1 << 16
"""Rows at a time: what is reckoned of them stays in the cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Joint label counts of all pairs of labelers with a shared item.

    Attributes:
        table: (n_labelers, n_labelers, n_labels, n_labels) shared items by labeler a < b, label of
            a and label of b. A labeler's several answers to one item share one vote. Of an item
            with more than `MOST_PAIRED` labelers each labeler is paired with some others only.
        values: (n_labels,) numeric position of each label, for weights.
        level: The measurement level.
    """

    table: Cells
    values: Float
    level: str

    def __add__(self, other: Self) -> "Pairs":
        """Add the counts of another block."""
        return Pairs(table=self.table + other.table, values=self.values, level=self.level)


def count(judgments: Judgments) -> Pairs:
    """Count label pairs of all pairs of labelers: every two judgments of an item meet once.

    Time and memory are bounded by judgments times `MOST_PAIRED`, not by labelers squared.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 2, 2], [0, 1, 0, 1], [0, 0, 1, 0], n_labelers=2, values=[0, 1])
    >>> count(b).table.dense()[0, 1].tolist()
    [[1.0, 0.0], [1.0, 0.0]]
    """
    found, level = tally(judgments), judgments.level
    crowded = np.flatnonzero(found.voters > MOST_PAIRED)
    if not crowded.size:
        table = _all_pairs(judgments, found)
        return Pairs(table=table, values=judgments.values, level=level)
    few = select_items(judgments, np.flatnonzero(found.voters <= MOST_PAIRED))
    table = _some_pairs(judgments, found, crowded, _all_pairs(few, tally(few)))
    return Pairs(table=table, values=judgments.values, level=level)


def _all_pairs(judgments: Judgments, found: Tally) -> Cells:
    """Count every pair on every item."""
    out = Gathered(_shape(judgments), int((found.m * (found.m - 1)).sum()) // 2)
    ends = np.cumsum(found.m)
    for low in range(0, judgments.n, _ROWS):
        item = judgments.item[low : low + _ROWS]
        left = ends[item] - np.arange(low, low + item.size)
        # up to the end of the last item: rows meet those after them
        _count_chunk(out, judgments, found, (slice(low, int(ends[item[-1]])), left))
    return out.cells()


def _count_chunk(
    out: Gathered, judgments: Judgments, found: Tally, where: tuple[slice, Int]
) -> None:
    """Count the pairs of some rows with the rows after them; `left` rows of their item follow."""
    chunk, left = where
    who, label, size = judgments.labeler[chunk], judgments.label[chunk], max(judgments.n_labels, 1)
    second = who * size**2 + label
    first = (who * judgments.n_labelers * size + label) * size
    vote = found.vote[chunk] if found.repeats else None
    rows, step = np.arange(left.size), 1
    while (rows := rows[left[rows] > step]).size:
        ahead = who[rows] < who[rows + step]
        one, two = np.where(ahead, rows, rows + step), np.where(ahead, rows + step, rows)
        key = first[one] + second[two]
        if vote is None:
            out.add(key)
        else:
            apart = np.flatnonzero(who[one] != who[two])
            out.add(key[apart], (vote[one] * vote[two])[apart])
        step += 1


def _shape(judgments: Judgments) -> tuple[int, ...]:
    n_labelers, n_labels = judgments.n_labelers, judgments.n_labels
    return n_labelers, n_labelers, n_labels, n_labels


def _some_pairs(judgments: Judgments, found: Tally, crowded: Int, table: Cells) -> Cells:
    """Add the pairs of crowded items: neighbours in one order of labelers, the same everywhere."""
    units = np.flatnonzero(np.isin(found.unit_item, crowded))
    rows = np.argsort(found.unit_of_row, kind="stable")
    begins = np.cumsum(found.unit_n) - found.unit_n
    for one, two in meetings(found.unit_item[units], found.unit_labeler[units]):
        turned = found.unit_labeler[units[one]] > found.unit_labeler[units[two]]
        a, b = units[np.where(turned, two, one)], units[np.where(turned, one, two)]
        # Every answer of the one meets every answer of the other.
        pair, k = expanded(np.zeros_like(a), found.unit_n[a] * found.unit_n[b])
        a, b = a[pair], b[pair]
        left, right = rows[begins[a] + k // found.unit_n[b]], rows[begins[b] + k % found.unit_n[b]]
        who = found.unit_labeler[a], found.unit_labeler[b]
        said = judgments.label[left], judgments.label[right]
        table = table + _table(judgments, who, said, found.vote[left] * found.vote[right])
    return table


def _table(
    judgments: Judgments, who: tuple[Int, Int], said: tuple[Int, Int], shared: Float
) -> Cells:
    return cells(_shape(judgments), (*who, *said), shared)


COUNTER = Counter(name="pairs", counts=Pairs, count=count)
