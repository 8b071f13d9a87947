"""A sparse table of sums that adds up: only the cells that occur are kept."""

from dataclasses import dataclass
from math import prod
from typing import Self

import numpy as np
from scipy import sparse

from labeltrust.counts._base import Bool, Float, Int, coded, summed

_DENSE = 8
"""Up to this many possible cells per row a dense scratch array is quicker than a sort."""
_MOST_DENSE = 1 << 24
"""Cells of a scratch array that is kept while keys come in pieces: 128 MB."""
_MOST_PARTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Sums over the occupied cells of a table too large to hold densely.

    Attributes:
        shape: Size of each axis.
        key: (n_cells,) row-major cell numbers, ascending, each once.
        sums: (n_sums, n_cells) what is summed in each cell.

    >>> one = cells((2, 3), ([0, 1], [2, 0]), [1.0, 5.0])
    >>> (one + one).dense().tolist()
    [[0.0, 0.0, 2.0], [10.0, 0.0, 0.0]]
    """

    shape: tuple[int, ...]
    key: Int
    sums: Float

    @property
    def n(self) -> int:
        """Number of occupied cells."""
        return int(self.key.size)

    @property
    def index(self) -> tuple[Int, ...]:
        """The cell numbers taken apart: one (n_cells,) array per axis."""
        rest, out = self.key, []
        for size in reversed(self.shape):
            out.append(rest % max(size, 1))
            rest = rest // max(size, 1)
        return tuple(reversed(out))

    def dense(self, which: int = 0) -> Float:
        """Return one of the sums as an array of the full shape; only for small tables."""
        out = np.zeros(prod(self.shape))
        out[self.key] = self.sums[which]
        return out.reshape(self.shape)

    def over(self, *axes: int) -> "Cells":
        """Return the table with only the given axes kept and the others summed up."""
        index = self.index
        shape = tuple(self.shape[a] for a in axes)
        return cells(shape, tuple(index[a] for a in axes), *self.sums)

    def where(self, cells_kept: Int | Bool) -> "Cells":
        """Return the table with only some of its cells, by place (ascending) or by mask."""
        return Cells(shape=self.shape, key=self.key[cells_kept], sums=self.sums[:, cells_kept])

    def __add__(self, other: Self) -> "Cells":
        """Add cell by cell."""
        key = np.concatenate([self.key, other.key])
        sums = np.concatenate([self.sums, other.sums], axis=1)
        if prod(self.shape) <= _DENSE * key.size:
            return _aggregate(self.shape, key, sums)
        order = np.argsort(key, kind="stable")  # merges two ascending runs
        key = key[order]
        begins = np.flatnonzero(np.diff(key, prepend=-1))
        merged = np.array([np.add.reduceat(column[order], begins) for column in sums])
        return Cells(shape=self.shape, key=key[begins], sums=merged.reshape(len(sums), -1))


def cells(shape: tuple[int, ...], index: tuple[object, ...], *columns: object) -> Cells:
    """Sum columns over the cells that an index names.

    Args:
        shape: Size of each axis.
        index: One (n,) array of codes per axis.
        *columns: One (n,) array per sum.
    """
    sums = np.array(columns, dtype=np.float64)
    key = raveled(shape, index) if index else np.zeros(sums.shape[1], dtype=np.int64)
    return _aggregate(shape, key, sums)


def raveled(shape: tuple[int, ...], index: tuple[object, ...]) -> Int:
    """Return row-major cell numbers of an index, in 64 bits."""
    key = np.zeros(1, dtype=np.int64)
    for size, codes in zip(shape, index, strict=True):
        key = key * size + np.asarray(codes, dtype=np.int64)
    return key


def _aggregate(shape: tuple[int, ...], key: Int, columns: Float) -> Cells:
    if prod(shape) <= _DENSE * key.size:
        occupied = np.flatnonzero(np.bincount(key, minlength=1))
        sums = [summed(key, c, 1)[occupied] for c in columns]
    else:
        occupied, place = coded(key)
        sums = [summed(place, c, occupied.size) for c in columns]
    return Cells(shape=shape, key=occupied, sums=np.array(sums, dtype=np.float64))


class Gathered:
    """Keys that come in pieces, counted into a table without being held all at once.

    >>> found = Gathered((2, 2), n=3)
    >>> found.add(np.array([3, 0])), found.add(np.array([3]))
    (None, None)
    >>> found.cells().dense().tolist()
    [[1.0, 0.0], [0.0, 2.0]]
    """

    def __init__(self, shape: tuple[int, ...], n: int) -> None:
        """Prepare a table for about n keys."""
        self._shape = shape
        few = prod(shape) <= min(_DENSE * n, _MOST_DENSE)
        self._dense = np.zeros(prod(shape)) if few else None
        self._parts: list[tuple[Int, Float]] = []

    def add(self, key: Int, weight: Float | None = None) -> None:
        """Count keys, (k,) row-major cell numbers, each with its weight or once."""
        if self._dense is not None:
            np.add.at(self._dense, key, 1.0 if weight is None else weight)
            return
        if weight is None:
            key = np.sort(key)
            begins = np.flatnonzero(np.diff(key, prepend=-1))
            self._parts.append((key[begins], np.diff(begins, append=key.size).astype(np.float64)))
        else:
            self._parts.append((key, weight))
        if len(self._parts) >= _MOST_PARTS:
            self._parts = [self._merged()]

    def cells(self) -> Cells:
        """Return the table."""
        if self._dense is None:
            key, sums = self._merged()
        else:
            key = np.flatnonzero(self._dense)
            sums = self._dense[key]
        return Cells(shape=self._shape, key=key, sums=sums[None])

    def _merged(self) -> tuple[Int, Float]:
        if not self._parts:
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        key, sums = (np.concatenate(column) for column in zip(*self._parts, strict=True))
        occupied, place = coded(key)
        return occupied, summed(place, sums, occupied.size)


def rows_of(table: Cells, who: Int) -> Float:
    """Return consecutive rows of a table densely; rows past its end are empty.

    Args:
        table: (n_rows, ...).
        who: (k,) consecutive row numbers.

    Returns:
        (k, ...) the first of the sums.
    """
    size = prod(table.shape[1:])
    first = int(who[0]) * size if who.size else 0
    low, high = np.searchsorted(table.key, [first, first + who.size * size])
    out = np.zeros(who.size * size)
    out[table.key[low:high] - first] = table.sums[0][low:high]
    return out.reshape(who.size, *table.shape[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCells:
    """What every item holds, before it is summed over the items of somebody.

    Attributes:
        item: (n,) item codes.
        cell: (n,) cell codes in the last axes of the table.
        sums: (n_sums, n) what the item adds to the cell.
        n_items: Number of items.
        n_cells: Size of the cell code space.
    """

    item: Int
    cell: Int
    sums: Float
    n_items: int
    n_cells: int


def spread(rows: tuple[Int, Int, Float], held: ItemCells, shape: tuple[int, ...]) -> Cells:
    """Sum what items hold over the items that each row key has: a sparse matrix product.

    The join of rows and cells is never written out, so memory is that of the result.

    Args:
        rows: (n,) row keys in the first axes of the table, (n,) item codes, (n,) weights.
        held: What the items hold; its cells number the remaining axes.
        shape: Shape of the whole table; row key times cell count plus cell is the cell number.

    >>> held = ItemCells(item=np.array([0, 1]), cell=np.array([1, 0]), sums=np.ones((1, 2)),
    ...                  n_items=2, n_cells=2)
    >>> rows = np.array([0, 0, 1]), np.array([0, 1, 1]), np.ones(3)
    >>> spread(rows, held, (2, 2)).dense().tolist()
    [[1.0, 1.0], [1.0, 0.0]]
    """
    n_sums = held.sums.shape[0]
    row_key, row = coded(rows[0])
    cell_key, cell = coded(held.cell)
    if not row_key.size or not cell_key.size:
        return Cells(shape=shape, key=np.zeros(0, dtype=np.int64), sums=np.zeros((n_sums, 0)))
    left = sparse.csr_array((rows[2], (row, rows[1])), shape=(row_key.size, held.n_items))
    wide = (np.arange(n_sums)[:, None] * cell_key.size + cell).ravel()
    right = sparse.csr_array(
        (held.sums.ravel(), (np.tile(held.item, n_sums), wide)),
        shape=(held.n_items, n_sums * cell_key.size),
    )
    product = (left @ right).tocoo()
    which, code = np.divmod(product.coords[1].astype(np.int64), cell_key.size)
    key = row_key[product.coords[0]] * held.n_cells + cell_key[code]
    return _stacked(shape, key, which, product.data, n_sums)


def _stacked(  # a product lists its sums one below the other: put them side by side
    shape: tuple[int, ...], key: Int, which: Int, data: Float, n_sums: int
) -> Cells:
    occupied, place = coded(key)
    sums = np.zeros((n_sums, occupied.size))
    sums[which, place] = data
    return Cells(shape=shape, key=occupied, sums=sums)
