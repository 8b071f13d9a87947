"""Who says x where the others say t, and how often another labeler of the same items would."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from labeltrust.counts._base import Counter, Float, Int, Judgments
from labeltrust.counts._cells import Cells, ItemCells, cells, raveled, spread
from labeltrust.counts._plurality import NO_PLURALITY, plurality_of_others
from labeltrust.counts._tally import Tally, tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Flips:
    """Counts by labeler, plurality t of the others, and own label x; t = x is agreement.

    Given the labels of an item, an exchangeable labeler's own label is a uniform draw from them, so
    he says x against plurality t with probability p = n_x/m on items where that can happen.

    Attributes:
        observed: (n_labelers, n_labels, n_labels) judgments x where the others' plurality is t.
        expected: Same shape, three sums over the same items: p, p(1 - p) and p(1 - p)(1 - 2p):
            mean, variance and third central moment of the Poisson-binomial count.
        values: (n_labels,) numeric position of each label.
        level: The measurement level.
    """

    observed: Cells
    expected: Cells
    values: Float
    level: str

    def __add__(self, other: Self) -> "Flips":
        """Add the counts of another block."""
        return Flips(
            observed=self.observed + other.observed,
            expected=self.expected + other.expected,
            values=self.values,
            level=self.level,
        )


def count(judgments: Judgments) -> Flips:
    """Count judgments against the leave-one-out plurality of the same item.

    Ties have no plurality and count nowhere. Several answers of one labeler to one item share one
    vote.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 1], [0, 1, 2], [0, 0, 1], n_labelers=3, values=[0, 1])
    >>> count(b).observed.dense()[2].tolist(), count(b).expected.dense()[2].round(2).tolist()
    ([[0.0, 1.0], [0.0, 0.0]], [[0.0, 0.33], [0.0, 0.0]])
    """
    found = tally(judgments)
    plurality = plurality_of_others(found)
    shape = (judgments.n_labelers, judgments.n_labels, judgments.n_labels)
    said = plurality[found.run_of_row]
    rows = np.flatnonzero(said != NO_PLURALITY)
    index = (judgments.labeler[rows], said[rows], judgments.label[rows])
    observed = cells(shape, index, found.vote[rows])
    held = _possible(found, plurality, judgments.n_labels)
    units = found.unit_labeler, found.unit_item, np.ones(found.unit_item.size)
    return Flips(
        observed=observed,
        expected=spread(units, held, shape),
        values=judgments.values,
        level=judgments.level,
    )


def _possible(found: Tally, plurality: Int, n_labels: int) -> ItemCells:
    runs = np.flatnonzero(plurality != NO_PLURALITY)
    item, label = found.run_item[runs], found.run_label[runs]
    p = found.weight[runs] / found.voters[item]
    return ItemCells(
        item=item,
        cell=raveled((n_labels, n_labels), (plurality[runs], label)),
        sums=np.array([p, p * (1 - p), p * (1 - p) * (1 - 2 * p)]),
        n_items=found.m.size,
        n_cells=n_labels**2,
    )


COUNTER = Counter(name="flips", counts=Flips, count=count)
