"""How alike the labels of an item are, for the project as a whole."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from labeltrust.counts._base import Counter, Float, Judgments
from labeltrust.counts._cells import Cells, cells
from labeltrust.counts._split import N_GROUPS, groups
from labeltrust.counts._tally import Tally, tally
from labeltrust.counts.exchange import increments

KINDS = ("equal", "linear", "quadratic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Sums over items, by random group of items.

    Attributes:
        items: (N_GROUPS,) five sums: items with a judgment; items with at least two labelers; and
            over the latter the mean similarity of two of their labelers, one sum per kind in
            `KINDS`.
        shares: (N_GROUPS, n_labels) sum over all items of n_x/m.
        values: (n_labels,) numeric position of each label.
        level: The measurement level.
    """

    items: Cells
    shares: Cells
    values: Float
    level: str

    def __add__(self, other: Self) -> "Agreement":
        """Add the counts of another block."""
        return Agreement(
            items=self.items + other.items,
            shares=self.shares + other.shares,
            values=self.values,
            level=self.level,
        )


def count(judgments: Judgments) -> Agreement:
    """Count agreeing pairs of every item, and the labels' shares.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 1], [0, 1, 2], [0, 0, 1], n_labelers=3, values=[0, 1])
    >>> count(b).items.sums.sum(axis=1).round(3).tolist()
    [1.0, 1.0, 0.333, 0.333, 0.333]
    """
    found, group = tally(judgments), groups(judgments)
    labeled = np.flatnonzero(found.m)
    paired = found.voters[labeled] >= 2  # noqa: PLR2004 - a pair takes two
    alike = [_item_agreement(judgments, kind, found)[labeled] for kind in KINDS]
    share = found.weight / found.voters[found.run_item]
    index = group[found.run_item], found.run_label
    return Agreement(
        items=cells((N_GROUPS,), (group[labeled],), np.ones(labeled.size), paired, *alike),
        shares=cells((N_GROUPS, judgments.n_labels), index, share),
        values=judgments.values,
        level=judgments.level,
    )


def _item_agreement(judgments: Judgments, kind: str, found: Tally) -> Float:
    terms = increments(judgments, kind, found)
    out = np.zeros(judgments.n_items)
    out[terms.item] = terms.expected
    return out


COUNTER = Counter(name="agreement", counts=Agreement, count=count)
