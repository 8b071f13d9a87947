"""What each labeler says against what a random other labeler of the same item says."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from labeltrust.counts._base import Counter, Float, Int, Judgments
from labeltrust.counts._cells import Cells, ItemCells, cells, raveled, spread
from labeltrust.counts._split import N_GROUPS, groups
from labeltrust.counts._squared import within
from labeltrust.counts._tally import Tally, tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """Joint counts of own label and peer label, by random group of items.

    Every item with at least two labelers weighs 1 for each of them: his label against the labels
    of the m - 1 others at weight 1/(m - 1). So a peer who labels much of the project weighs no
    more on an item than any other, and the unit of information is the item.

    Attributes:
        table: (n_labelers, N_GROUPS, n_labels, n_labels) by labeler, group, own and peer label.
        items: (n_labelers, N_GROUPS) items shared with somebody.
        values: (n_labels,) numeric position of each label.
        level: The measurement level.
    """

    table: Cells
    items: Cells
    values: Float
    level: str

    def __add__(self, other: Self) -> "Peers":
        """Add the counts of another block."""
        return Peers(
            table=self.table + other.table,
            items=self.items + other.items,
            values=self.values,
            level=self.level,
        )


def count(judgments: Judgments) -> Peers:
    """Count own labels against those of the other labelers of the same items.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 1], [0, 1, 2], [0, 0, 1], n_labelers=3, values=[0, 1])
    >>> count(b).table.over(0, 2, 3).dense()[0].tolist()
    [[0.5, 0.5], [0.0, 0.0]]
    """
    found, group = tally(judgments), groups(judgments)
    shared = found.voters >= 2  # noqa: PLR2004 - a peer takes two
    units = np.flatnonzero(shared[found.unit_item])
    index = found.unit_labeler[units], group[found.unit_item[units]]
    shape = (judgments.n_labelers, N_GROUPS, judgments.n_labels, judgments.n_labels)
    rows = np.flatnonzero(shared[judgments.item])
    table = _all(judgments, found, (rows, group), shape) + _own(judgments, found, (rows, group))
    return Peers(
        table=table,
        items=cells(shape[:2], index, np.ones(units.size)),
        values=judgments.values,
        level=judgments.level,
    )


def _all(
    judgments: Judgments, found: Tally, where: tuple[Int, Int], shape: tuple[int, ...]
) -> Cells:
    rows, group = where
    item = judgments.item[rows]
    key = raveled(shape[:3], (judgments.labeler[rows], group[item], judgments.label[rows]))
    held = ItemCells(
        item=found.run_item,
        cell=found.run_label,
        sums=found.weight[None, :],
        n_items=found.m.size,
        n_cells=shape[3],
    )
    return spread((key, item, found.vote[rows] / (found.voters[item] - 1)), held, shape)


def _own(judgments: Judgments, found: Tally, where: tuple[Int, Int]) -> Cells:
    """Take away what a labeler's own answers added to his peers."""
    rows, group = where
    rows = rows[np.argsort(found.unit_of_row[rows], kind="stable")]
    one, two = (rows[side] for side in within(found.unit_of_row[rows]))
    item = judgments.item[one]
    shape = (judgments.n_labelers, N_GROUPS, judgments.n_labels, judgments.n_labels)
    index = judgments.labeler[one], group[item], judgments.label[one], judgments.label[two]
    return cells(shape, index, -found.vote[one] * found.vote[two] / (found.voters[item] - 1))


COUNTER = Counter(name="peers", counts=Peers, count=count)
