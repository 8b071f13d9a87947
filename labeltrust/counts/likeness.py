"""How alike the labels of an item are where labels have parts, and how like its gold label."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from labeltrust.counts._base import NO_GOLD, STRUCTURED, Counter, Float, Int, Judgments
from labeltrust.counts._cells import Cells, cells
from labeltrust.counts._split import N_GROUPS, groups
from labeltrust.counts._tally import tally
from labeltrust.counts.exchange import Increments, increments
from labeltrust.domain.similarity import RIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Sums over items; empty where labels have no parts.

    With f the mean similarity of a labeler's label to those of the other m - 1 of the item, the
    item's disagreement is the sum of 1 - f over its labelers: Krippendorff's observed one.

    Attributes:
        items: (N_GROUPS,) four sums over items with at least two labelers: items; mean similarity
            of two of their labelers; disagreement; labelers.
        change: (n_labelers, N_GROUPS) four sums: what leaving a labeler out takes away from items,
            disagreement and labelers (an item left with one labeler is lost); his own items.
        gold: (n_labelers,) three sums over judgments on gold items: judgments, similarity to gold,
            and those that are right (similarity of at least `domain.similarity.RIGHT`).
    """

    items: Cells
    change: Cells
    gold: Cells

    def __add__(self, other: Self) -> "Alike":
        """Add the counts of another block."""
        return Alike(
            items=self.items + other.items,
            change=self.change + other.change,
            gold=self.gold + other.gold,
        )


def count(judgments: Judgments) -> Alike:
    """Count the likeness of labels with parts on every item.

    >>> from labeltrust.counts import block
    >>> from labeltrust.counts._meetings import with_likeness
    >>> b = block([1, 1], [0, 1], [0, 1], n_labelers=2, values=[0, 1], level="set", gold=([1], [0]))
    >>> b = with_likeness(b, ['["a"]', '["a","b"]'], np.random.default_rng(1))
    >>> count(b).items.sums.ravel().tolist(), count(b).gold.dense(1).tolist()
    ([1.0, 0.5, 1.0, 2.0], [1.0, 0.5])
    """
    if judgments.level not in STRUCTURED or judgments.likeness is None:
        return _nothing(judgments.n_labelers)
    found, group = tally(judgments), groups(judgments)
    terms = increments(judgments, found=found)
    voters = found.voters.astype(np.float64)
    mean = np.zeros(judgments.n_items)
    mean[terms.item] = terms.expected
    paired = np.flatnonzero(found.voters >= 2)  # noqa: PLR2004 - agreement takes two
    m = voters[paired]
    apart = m * (1 - mean[paired])
    one = np.ones(paired.size)
    return Alike(
        items=cells((N_GROUPS,), (group[paired],), one, mean[paired], apart, m),
        change=_change(terms, voters[terms.item], (judgments.n_labelers, group[terms.item])),
        gold=_gold(judgments),
    )


def _change(terms: Increments, m: Float, where: tuple[int, Int]) -> Cells:
    """Return what each labeler's absence takes away: sum of 1 - f before and after, see `Alike`."""
    n_labelers, group = where
    lost = m < 3  # noqa: PLR2004 - two labelers less one are no pair
    agreed = (m - 1) * (m * terms.expected - 2 * terms.agreement)
    after = np.where(lost, 0.0, m - 1 - agreed / np.maximum(m - 2, 1))
    index = terms.labeler, group
    change = m * (1 - terms.expected) - after
    voices = np.where(lost, 2.0, 1.0)
    return cells((n_labelers, N_GROUPS), index, lost, change, voices, np.ones(m.size))


def _gold(judgments: Judgments) -> Cells:
    alike, rows = gold_similarity(judgments)
    right = alike >= RIGHT
    index = (judgments.labeler[rows],)
    return cells((judgments.n_labelers,), index, np.ones(rows.size), alike, right)


def gold_similarity(judgments: Judgments) -> tuple[Float, Int]:
    """Return the similarity to gold of every judgment on a gold item, and its row."""
    gold = judgments.gold[judgments.item]
    rows = np.flatnonzero(gold != NO_GOLD)
    if judgments.likeness is None:
        return (judgments.label[rows] == gold[rows]).astype(np.float64), rows
    return judgments.likeness.of(judgments.label[rows], gold[rows]), rows


def _nothing(n_labelers: int) -> Alike:
    none = np.zeros(0, dtype=np.int64)
    return Alike(
        items=cells((N_GROUPS,), (none,), *[none] * 4),
        change=cells((n_labelers, N_GROUPS), (none, none), *[none] * 4),
        gold=cells((n_labelers,), (none,), *[none] * 3),
    )


COUNTER = Counter(name="likeness", counts=Alike, count=count)
