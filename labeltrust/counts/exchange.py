"""Who agrees more or less than another labeler of the same items would (exchangeability)."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from labeltrust.counts._base import Counter, Float, Int, Judgments, summed
from labeltrust.counts._meetings import met_similarity
from labeltrust.counts._similarity import (
    BY_PARTS,
    KIND_OF_LEVEL,
    Weighted,
    fenced_values,
    total_similarity,
)
from labeltrust.counts._tally import Tally, tally

_NOTHING = 1e-14
"""A variance below this is rounding of an item where all labels are equally like the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Sums over each labeler's items; all arrays have shape (n_labelers,).

    For a labeler on an item with m labelers let f be the mean similarity of his label to the other
    m - 1, and E, V the mean and variance of f over all m. If he is exchangeable with the others
    given their labels, f has that mean and variance, whatever the item.

    Attributes:
        score: Sum of f - E; negative where he agrees less than another would.
        expected: Sum of E.
        variance: Sum of V, the variance of `score` if exchangeable.
        squares: Sum of (f - E)^2, the observed counterpart of `variance`.
        items: Items with at least two labelers.
        informative: Those of them with V > 0.
    """

    score: Float
    expected: Float
    variance: Float
    squares: Float
    items: Int
    informative: Int

    def __add__(self, other: Self) -> "Exchange":
        """Add the counts of another block."""
        return Exchange(
            score=self.score + other.score,
            expected=self.expected + other.expected,
            variance=self.variance + other.variance,
            squares=self.squares + other.squares,
            items=self.items + other.items,
            informative=self.informative + other.informative,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Increments:
    """The terms behind `Exchange`, one per (item, labeler) with at least two labelers.

    Attributes:
        item: (n,) item codes of the block.
        labeler: (n,) labeler codes.
        agreement: (n,) f, mean similarity to the other labelers of the item, in [0, 1].
        expected: (n,) E, the same mean over all labelers of the item.
        variance: (n,) V, its variance over them.
    """

    item: Int
    labeler: Int
    agreement: Float
    expected: Float
    variance: Float


def increments(
    judgments: Judgments, kind: str | None = None, found: Tally | None = None
) -> Increments:
    """Return f, E and V for every labeler on every item that others labeled too.

    Several answers of one labeler to one item share one vote and are not compared with each other.

    Args:
        judgments: Any block.
        kind: Similarity, see `total_similarity`; by default the one of the block's level, with
            far-off numbers moved to the fence (`fenced_values`), and labels with parts compared as
            the block's `likeness` says.
        found: The block's tally, if it is at hand.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 1], [0, 1, 2], [0, 0, 1], n_labelers=3, values=[0, 1])
    >>> increments(b).agreement.tolist()
    [0.5, 0.5, 0.0]
    """
    found = found or tally(judgments)
    shared = found.voters >= 2  # noqa: PLR2004 - agreement takes two
    others = np.maximum(found.voters - 1, 1)[found.unit_item]
    values = judgments.values if kind else fenced_values(judgments.values, judgments.level)
    measure = (kind or KIND_OF_LEVEL[judgments.level], values)
    alike = _own_similarity(judgments, found, measure)
    agreement = np.clip(alike / others, 0.0, 1.0)
    expected = _item_mean(agreement, found)
    variance = _item_mean((agreement - expected[found.unit_item]) ** 2, found)
    variance[variance < _NOTHING] = 0.0
    keep = np.flatnonzero(shared[found.unit_item])
    item = found.unit_item[keep]
    return Increments(
        item=item,
        labeler=found.unit_labeler[keep],
        agreement=agreement[keep],
        expected=expected[item],
        variance=variance[item],
    )


def _own_similarity(judgments: Judgments, found: Tally, measure: tuple[str, Float]) -> Float:
    """Return the summed similarity of each unit's vote to the votes of the other labelers."""
    runs = Weighted(group=found.run_item, label=found.run_label, weight=found.weight)
    of_run = _inside(judgments, runs, measure)
    own = np.ones(found.unit_n.size)
    row = of_run[found.run_of_row] * found.vote
    total = summed(found.unit_of_row, row, own.size)
    if found.repeats:
        mine = Weighted(group=found.unit_of_row, label=judgments.label, weight=found.vote)
        row = _inside(judgments, mine, measure) * found.vote
        own = summed(found.unit_of_row, row, own.size)
    return total - own


def _inside(judgments: Judgments, among: Weighted, measure: tuple[str, Float]) -> Float:
    """Return each label's summed similarity to its group, itself included."""
    kind, values = measure
    if kind == BY_PARTS and judgments.likeness is not None:
        return met_similarity(among.group, among.label, among.weight, judgments.likeness)
    kind = "equal" if kind == BY_PARTS else kind
    return total_similarity(kind, (among.group, among.label), among, values)


def _item_mean(of_unit: Float, found: Tally) -> Float:
    total = summed(found.unit_item, of_unit, found.voters.size)
    return total / np.maximum(found.voters, 1)


def count(judgments: Judgments) -> Exchange:
    """Sum the increments of every labeler.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 1], [0, 1, 2], [0, 0, 1], n_labelers=3, values=[0, 1])
    >>> count(b).score.round(3).tolist()
    [0.167, 0.167, -0.333]
    """
    terms = increments(judgments)
    size = judgments.n_labelers
    deviation = terms.agreement - terms.expected
    return Exchange(
        score=summed(terms.labeler, deviation, size),
        expected=summed(terms.labeler, terms.expected, size),
        variance=summed(terms.labeler, terms.variance, size),
        squares=summed(terms.labeler, deviation**2, size),
        items=np.bincount(terms.labeler, minlength=size),
        informative=np.bincount(terms.labeler[terms.variance > 0], minlength=size),
    )


COUNTER = Counter(name="exchange", counts=Exchange, count=count)
