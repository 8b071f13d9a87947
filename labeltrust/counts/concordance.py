"""Each labeler's number against the mean of the others' on the same item."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from labeltrust.counts._base import Counter, Float, Judgments, summed
from labeltrust.counts._cells import Cells, cells
from labeltrust.counts._similarity import unit_values
from labeltrust.counts._split import N_GROUPS, groups
from labeltrust.counts._tally import Tally, tally

NUMERIC = frozenset({"interval", "ratio"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Concordance:
    """Moments of own value x and the mean y of the others, values moved to [0, 1].

    Attributes:
        moments: (n_labelers, N_GROUPS) six sums over shared items: 1, x, y, x^2, y^2, x y. Empty
            unless the level is interval or ratio. A labeler's several answers to one item count by
            their mean.
        level: The measurement level.
    """

    moments: Cells
    level: str

    def __add__(self, other: Self) -> "Concordance":
        """Add the counts of another block."""
        return Concordance(moments=self.moments + other.moments, level=self.level)


def count(judgments: Judgments) -> Concordance:
    """Sum the moments of every labeler's values and the mean of the others of the same items.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 1], [0, 1, 2], [0, 0, 1], n_labelers=3, values=[0, 8], level="interval")
    >>> count(b).moments.over(0).sums[2].tolist()
    [0.5, 0.5, 0.0]
    """
    shape = (judgments.n_labelers, N_GROUPS)
    if judgments.level not in NUMERIC:
        none = np.zeros(0, dtype=np.int64)
        return Concordance(moments=cells(shape, (none, none), *[none] * 6), level=judgments.level)
    found, x, y = _values(judgments)
    units = np.flatnonzero(found.voters[found.unit_item] >= 2)  # noqa: PLR2004 - own and another
    x, y = x[units], y[units]
    index = found.unit_labeler[units], groups(judgments)[found.unit_item[units]]
    moments = cells(shape, index, np.ones(units.size), x, y, x**2, y**2, x * y)
    return Concordance(moments=moments, level=judgments.level)


def _values(judgments: Judgments) -> tuple[Tally, Float, Float]:
    """Return each unit's own mean value, and the mean over the other labelers of its item."""
    found = tally(judgments)
    row = unit_values(judgments.values)[judgments.label] * found.vote
    own = summed(found.unit_of_row, row, found.unit_n.size)
    total = summed(found.unit_item, own, found.voters.size)[found.unit_item]
    others = (total - own) / np.maximum(found.voters[found.unit_item] - 1, 1)
    return found, own, others


COUNTER = Counter(name="concordance", counts=Concordance, count=count)
