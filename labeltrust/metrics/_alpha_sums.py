"""Observed and expected disagreement, with every labeler and every group of items left out."""

from dataclasses import dataclass

import numpy as np

from labeltrust.counts._cells import Cells, rows_of
from labeltrust.counts._split import N_GROUPS
from labeltrust.counts.coincidences import Coincidences
from labeltrust.metrics._alpha_distance import expected
from labeltrust.metrics._alpha_ordinal import Ordinal
from labeltrust.metrics._estimates import Bool, Float, Int

_AT_ONCE = 1 << 21
"""Labelers times labels held densely at once: 16 MB an array."""


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
    n_labelers, n_labels = counts.margin_change.shape[0], max(counts.margin.shape[1], 1)
    step = max(1, _AT_ONCE // n_labels)
    margins = _Margins.of(counts)
    parts = [
        _part(counts, margins, np.arange(low, min(low + step, n_labelers + 1)))
        for low in range(0, n_labelers + 1, step)
    ]
    return Sums(
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in ("observed", "expected", "n", "items", "widest", "labels")
        }
    )


def _part(counts: Coincidences, margins: "_Margins", who: Int) -> Sums:
    shape = (who.size, 1 + N_GROUPS)
    above, below, n, widest = (np.zeros(shape) for _ in range(4))
    ordinal = Ordinal.of(counts, who) if counts.level == "ordinal" else None
    fixed = left(counts.observed, counts.observed_change, 0, who)
    for column in range(1 + N_GROUPS):
        margin = margins.at(column, who)
        n[:, column] = margin.sum(axis=1)
        if ordinal is None:
            below[:, column], widest[:, column] = expected(counts.level, margin, counts.values), 1.0
            continue
        above[:, column], below[:, column], widest[:, column] = ordinal.at(column, margin)
    items = left(counts.observed, counts.observed_change, 1, who)
    return Sums(
        observed=fixed if ordinal is None else above,
        expected=below,
        n=n,
        items=items,
        widest=widest,
        labels=np.count_nonzero(margins.at(0, who), axis=1),
    )


def left(whole: Cells, change: Cells, which: int, who: Int) -> Float:
    """Return what is left of a sum without each labeler and each group of items.

    Args:
        whole: (N_GROUPS,) the project's sums.
        change: (n_labelers, N_GROUPS) what leaving out a labeler takes away.
        which: Which of the sums.
        who: (k,) labeler codes; the code n_labelers stands for nobody.

    Returns:
        (k, 1 + N_GROUPS), column 0 with all groups.
    """
    lost = np.vstack([change.dense(which), np.zeros(N_GROUPS)])[who]
    kept = whole.dense(which) - lost
    total = kept.sum(axis=1, keepdims=True)
    return np.hstack([total, total - kept])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Margins:
    """Label frequencies by group, and each labeler's part of them, ready to be taken out."""

    groups: Float
    change: Cells
    by_group: tuple[Cells, ...]

    @classmethod
    def of(cls, counts: Coincidences) -> "_Margins":
        labeler, group, label = counts.margin_change.index
        shape = (counts.margin_change.shape[0], counts.margin_change.shape[2])
        key = labeler * shape[1] + label
        parts = [np.flatnonzero(group == g) for g in range(N_GROUPS)]
        return cls(
            groups=counts.margin.dense(),
            change=counts.margin_change.over(0, 2),
            by_group=tuple(
                Cells(shape=shape, key=key[p], sums=counts.margin_change.sums[:, p]) for p in parts
            ),
        )

    def at(self, column: int, who: Int) -> Float:
        """Return (k, n_labels) frequencies left without each labeler and the column's group."""
        kept: Float = self.groups.sum(axis=0) - rows_of(self.change, who)
        if column:
            kept += rows_of(self.by_group[column - 1], who) - self.groups[column - 1]
        return kept
