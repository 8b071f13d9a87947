"""Standard errors by leaving out random groups of items in turn.

Items are drawn, not judgments: the labels of one item go together. So the groups are groups of
whole items (by hash, see `counts._split`), and the delete-a-group jackknife holds for any smooth
statistic of sums over items (Wolter 2007, "Introduction to Variance Estimation", section 4.5).
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from labeltrust.metrics._estimates import TAIL, Bool, Float

LEAST_GROUPS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How far a number would move with other items; arrays have shape (k,).

    Attributes:
        error: Standard errors, infinite where fewer than two groups hold items.
        t: Student quantiles at the groups' degrees of freedom.
    """

    error: Float
    t: Float

    @property
    def margin(self) -> Float:
        """Half width of a symmetric 95 % interval."""
        return np.where(np.isfinite(self.error), self.t * self.error, np.inf)


def jackknife(without: Float, occupied: Bool) -> Spread:
    """Return the spread of k numbers from their values without each group.

    Args:
        without: (k, n_groups) the numbers with one group left out.
        occupied: (k, n_groups) whether the group holds items of that number at all.

    >>> spread = jackknife(np.array([[1.0, 2.0, 3.0]]), np.array([[True, True, True]]))
    >>> spread.error.round(3).tolist(), spread.t.round(2).tolist()
    ([1.155], [4.3])
    """
    usable = occupied & np.isfinite(without)
    n = usable.sum(axis=1)
    values = np.where(usable, without, 0.0)
    mean = values.sum(axis=1) / np.maximum(n, 1)
    squares = np.where(usable, (without - mean[:, None]) ** 2, 0.0).sum(axis=1)
    enough = n >= LEAST_GROUPS
    error = np.sqrt(squares * (n - 1) / np.maximum(n, 1))
    t = stats.t.ppf(TAIL, np.maximum(n - 1, 1))
    return Spread(error=np.where(enough, error, np.inf), t=t)


def margins(value: Float, items: Float) -> Float:
    """Return half widths of symmetric 95 % intervals of column 0: (k,).

    Args:
        value: (k, 1 + n_groups) the numbers, then with each group of items left out.
        items: (k, 1 + n_groups) the items behind them.
    """
    return jackknife(value[:, 1:], items[:, 1:] < items[:, :1]).margin
