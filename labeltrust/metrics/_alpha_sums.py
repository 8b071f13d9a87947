"""Observed and expected disagreement, with every labeler and every group of items left out."""

from dataclasses import dataclass

import numpy as np

from labeltrust.counts._cells import Cells
from labeltrust.counts._split import N_GROUPS
from labeltrust.counts.coincidences import Coincidences
from labeltrust.metrics._alpha_fixed import expected
from labeltrust.metrics._alpha_ordinal import ordinal
from labeltrust.metrics._estimates import Bool, Float, Int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What alpha is made of, for k sets of judgments; all arrays have shape (k, 1 + N_GROUPS).

    Column 0 is the whole; column 1 + g leaves out group g of items.

    Attributes:
        observed: Sum over items of delta^2 of ordered pairs over (m - 1).
        expected: Sum of n_x n_y delta^2(x, y).
        n: Pairable judgments.
        items: Pairable items.
        widest: The greatest delta^2 there can be.
        labels: (k,) distinct labels of the whole.
    """

    observed: Float
    expected: Float
    n: Float
    items: Float
    widest: Float
    labels: Int

    @property
    def occupied(self) -> Bool:
        """Which groups hold pairable items: (k, N_GROUPS)."""
        return self.items[:, 1:] < self.items[:, :1]

    @property
    def disagreement(self) -> Float:
        """D_o/D_e, NaN where there is no expected disagreement."""
        safe = np.where(self.expected > 0, self.expected, np.nan)
        ratio: Float = (self.n - 1) * self.observed / safe
        return ratio

    def rows(self, rows: slice) -> "Sums":
        """Return some of the sets."""
        return Sums(
            observed=self.observed[rows],
            expected=self.expected[rows],
            n=self.n[rows],
            items=self.items[rows],
            widest=self.widest[rows],
            labels=self.labels[rows],
        )


def sums(counts: Coincidences) -> Sums:
    """Return the sums without each labeler, and in a last row those with everybody.

    Returns:
        k = n_labelers + 1 sets.
    """
    if counts.level == "ordinal":
        above, below, widest = ordinal(counts)
    else:
        above, below = left(counts.observed, counts.observed_change), expected(counts)
        widest = np.ones_like(above)
    return Sums(
        observed=above,
        expected=below,
        n=left(counts.margin.over(0), counts.margin_change.over(0, 1)),
        items=left(counts.observed, counts.observed_change, 1),
        widest=widest,
        labels=_labels(counts),
    )


def left(whole: Cells, change: Cells, which: int = 0) -> Float:
    """Return what is left of a sum without each labeler and each group of items.

    Args:
        whole: (N_GROUPS,) the project's sums.
        change: (n_labelers, N_GROUPS) what leaving out a labeler takes away.
        which: Which of the sums.

    Returns:
        (n_labelers + 1, 1 + N_GROUPS), the last row with everybody, column 0 with all groups.
    """
    kept = whole.dense(which) - np.vstack([change.dense(which), np.zeros(N_GROUPS)])
    total = kept.sum(axis=1, keepdims=True)
    return np.hstack([total, total - kept])


def _labels(counts: Coincidences) -> Int:
    """Return how many distinct labels are left without each labeler, and with everybody."""
    whole, change = counts.margin.over(1).dense(), counts.margin_change.over(0, 2)
    labeler, label = change.index
    gone = labeler[change.sums[0] == whole[label]]
    alone = np.bincount(gone, minlength=change.shape[0])
    return np.count_nonzero(whole) - np.append(alone, 0)
