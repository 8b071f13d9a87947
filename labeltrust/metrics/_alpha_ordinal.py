"""Ordinal disagreement, whose distances follow from the frequencies themselves."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from labeltrust.counts._base import summed
from labeltrust.counts._cells import Cells, rows_of
from labeltrust.counts._split import N_GROUPS
from labeltrust.counts.coincidences import Coincidences
from labeltrust.metrics._estimates import Float, Int

Matrix = Any
"""A sparse array or a dense one; scipy is untyped here."""
_AT_ONCE = 1 << 21
"""Labelers times labels held densely at once: 16 MB an array."""
_FEW_LABELS = 128
"""Up to this many labels a table of coincidences is held densely: 128 kB a group of items."""
_ROUNDING = 1e-12
"""Relative size below which a difference of large sums is rounding, not disagreement."""


def ordinal(counts: Coincidences) -> tuple[Float, Float, Float]:
    """Return observed and expected disagreement and the greatest distance of ordinal labels.

    Returns:
        Three arrays (n_labelers + 1, 1 + N_GROUPS): a row for each labeler left out and a last one
        for nobody; a column for all items and one for each group left out.
    """
    n_sets = counts.margin_change.shape[0] + 1
    step = max(1, _AT_ONCE // max(counts.margin.shape[1], 1))
    out = np.zeros((3, n_sets, 1 + N_GROUPS))
    margins = _Margins.of(counts)
    for low in range(0, n_sets, step):
        who = np.arange(low, min(low + step, n_sets))
        tables = _Tables.of(counts, who)
        for column in range(1 + N_GROUPS):
            out[:, who, column] = tables.at(column, margins.at(column, who))
    return out[0], out[1], out[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """Weights of label pairs, one table for each of k rows."""

    row: Int
    x: Int
    y: Int
    weight: Float

    def form(self, u: Float) -> Float:
        """Return sum of weight u_x u_y for every row: (k,)."""
        return summed(self.row, self.weight * u[self.row, self.x] * u[self.row, self.y], len(u))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tables:
    """The coincidences of a project and what k labelers take away from them.

    Krippendorff (2011), section D: delta^2(c, k) = (sum of n_g for g from c to k, less half of n_c
    and n_k)^2, which is (u_c - u_k)^2 with u the mid-rank: frequencies below plus half the own.

    Attributes:
        order: (n_labels,) label codes from the lowest value to the highest.
        tables: Coincidences of all items, then with each group of items left out.
        change: What leaving out each of the k labelers takes away, over all groups.
        by_group: The same of each group alone.
    """

    order: Int
    tables: tuple[Matrix, ...]
    change: _Terms
    by_group: tuple[_Terms, ...]

    @classmethod
    def of(cls, counts: Coincidences, who: Int) -> "_Tables":
        """Prepare the coincidences for consecutive labelers.

        Args:
            counts: Ordinal coincidences.
            who: (k,) consecutive labeler codes; the code n_labelers stands for nobody.
        """
        group, table = counts.table.index[0], counts.table
        whole = _matrix(table)
        size = table.shape[1] ** 2 * N_GROUPS
        ends = np.searchsorted(counts.table_change.key, [who[0] * size, (who[-1] + 1) * size])
        moved = counts.table_change.where(np.arange(*ends))
        at = moved.index[1]
        return cls(
            order=np.argsort(counts.values, kind="stable"),
            tables=(
                whole,
                *(whole - _matrix(table.where(group == g)) for g in range(N_GROUPS)),
            ),
            change=_terms(moved, int(who[0])),
            by_group=tuple(_terms(moved.where(at == g), int(who[0])) for g in range(N_GROUPS)),
        )

    def at(self, column: int, margin: Float) -> Float:
        """Return observed and expected disagreement and the greatest distance: (3, k).

        Args:
            column: 0 for all items, 1 + g without group g.
            margin: (k, n_labels) frequencies left.
        """
        u = self._positions(margin)
        n, mean = margin.sum(axis=1), np.einsum("kx,kx->k", margin, u)
        squares = np.einsum("kx,kx->k", margin, u**2)
        below = 2 * n * squares - 2 * mean**2
        crossed = np.einsum("xk,kx->k", self.tables[column] @ u.T, u) - self.change.form(u)
        if column:
            crossed += self.by_group[column - 1].form(u)
        above = 2 * np.where(squares - crossed > _ROUNDING * squares, squares - crossed, 0.0)
        return np.array([above, below, np.ptp(u, axis=1) ** 2])

    def _positions(self, margin: Float) -> Float:
        ranked = margin[:, self.order]
        u = np.empty_like(margin)
        u[:, self.order] = np.cumsum(ranked, axis=1) - ranked / 2
        u -= margin.sum(axis=1, keepdims=True) / 2
        return u


def _matrix(table: Cells) -> Matrix:
    """Return the coincidences summed over groups, densely while they are few."""
    _, x, y = table.index
    size = table.shape[1]
    if size <= _FEW_LABELS:
        return summed(x * size + y, table.sums[0], size**2).reshape(size, size)
    return sparse.csr_array((table.sums[0], (x, y)), shape=(size, size))


def _terms(moved: Cells, first: int) -> _Terms:
    row, x, y = (pooled := moved.over(0, 2, 3)).index
    return _Terms(row=row - first, x=x, y=y, weight=pooled.sums[0])


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
