"""Coincidence tables, for levels whose distances depend on the frequencies themselves."""

from dataclasses import dataclass

import numpy as np

from labeltrust.counts._base import Float, Int, Judgments
from labeltrust.counts._cells import Cells, ItemCells, cells, raveled, spread
from labeltrust.counts._split import N_GROUPS
from labeltrust.counts._squared import within
from labeltrust.counts._tally import Tally

PAIRABLE = 2
"""Judgments an item needs before they can be paired (Krippendorff 2011, section 1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shapes:
    """The shapes of a project table and of a table per labeler."""

    table: tuple[int, ...]
    change: tuple[int, ...]

    @classmethod
    def of(cls, judgments: Judgments) -> "_Shapes":
        table = (N_GROUPS, judgments.n_labels, judgments.n_labels)
        return cls(table=table, change=(judgments.n_labelers, *table))


def no_tables(judgments: Judgments) -> tuple[Cells, Cells]:
    """Return two empty tables, for levels that need none."""
    shapes = _Shapes.of(judgments)
    none = np.zeros(0, dtype=np.int64)
    return cells(shapes.table, (none, none, none), none), cells(
        shapes.change, (none, none, none, none), none
    )


def tables(judgments: Judgments, found: Tally, group: Int) -> tuple[Cells, Cells]:
    """Return the project's coincidences and what leaving out each labeler takes away, by group.

    An item with counts n_x holds n_x (n_y - [x = y]) / (m - 1) coincidences. Without a labeler who
    gave k_x of them it holds (P - U) / (m - k - 1), where P are the ordered pairs and U those with
    one of his; the sum over his items splits into a term that sees only the item and terms that
    see one of his labels, so that no row is paired with every cell of its item one by one.
    """
    held = _ordered_pairs(judgments, found)
    shapes = _Shapes.of(judgments)
    norm = held.sums[0] / (found.m[held.item] - 1)
    size = judgments.n_labels
    table = cells(shapes.table, (group[held.item], held.cell // size, held.cell % size), norm)
    change = _rescaled(found, group, held, shapes) + _crossed(judgments, found, group, shapes)
    return table, change + _own(judgments, found, group, shapes)


def _ordered_pairs(judgments: Judgments, found: Tally) -> ItemCells:
    runs = np.flatnonzero(found.m[found.run_item] >= PAIRABLE)
    left, right = (runs[side] for side in within(found.run_item[runs]))
    n = found.run_n.astype(np.float64)
    size = judgments.n_labels
    return ItemCells(
        item=found.run_item[left],
        cell=raveled((size, size), (found.run_label[left], found.run_label[right])),
        sums=(n[left] * (n[right] - (left == right)))[None, :],
        n_items=found.m.size,
        n_cells=size**2,
    )


def _rescaled(found: Tally, group: Int, held: ItemCells, shapes: _Shapes) -> Cells:
    """Sum P (1/(m - 1) - 1/(m - k - 1)), the second term only while two judgments are left."""
    units = np.flatnonzero(found.m[found.unit_item] >= PAIRABLE)
    item = found.unit_item[units]
    left = found.m[item] - found.unit_n[units]
    kept = np.where(left >= PAIRABLE, 1.0 / np.maximum(left - 1, 1), 0.0)
    key = raveled(shapes.change[:2], (found.unit_labeler[units], group[item]))
    return spread((key, item, 1.0 / (found.m[item] - 1) - kept), held, shapes.change)


def _crossed(judgments: Judgments, found: Tally, group: Int, shapes: _Shapes) -> Cells:
    """Sum 2 k_x n_y / (m - k - 1): his labels paired with all of the item, in both orders."""
    rows, scale = _kept_rows(found)
    item = judgments.item[rows]
    index = judgments.labeler[rows], group[item], judgments.label[rows]
    held = ItemCells(
        item=found.run_item,
        cell=found.run_label,
        sums=found.run_n[None, :].astype(np.float64),
        n_items=found.m.size,
        n_cells=judgments.n_labels,
    )
    return spread((raveled(shapes.change[:3], index), item, 2 * scale), held, shapes.change)


def _own(judgments: Judgments, found: Tally, group: Int, shapes: _Shapes) -> Cells:
    """Sum -(k_x k_y + [x = y] k_x) / (m - k - 1): pairs counted twice, and of a row with itself."""
    rows, scale = _kept_rows(found)
    order = np.argsort(found.unit_of_row[rows], kind="stable")
    rows, scale = rows[order], scale[order]
    left, right = within(found.unit_of_row[rows])
    one, two = np.append(left, np.arange(rows.size)), np.append(right, np.arange(rows.size))
    index = (
        judgments.labeler[rows][one],
        group[judgments.item[rows]][one],
        judgments.label[rows][one],
        judgments.label[rows][two],
    )
    return cells(shapes.change, index, -scale[one])


def _kept_rows(found: Tally) -> tuple[Int, Float]:
    """Return the rows whose items stay pairable without the row's labeler, and 1/(m - k - 1)."""
    left = (found.m[found.unit_item] - found.unit_n)[found.unit_of_row]
    rows = np.flatnonzero(left >= PAIRABLE)
    return rows, 1.0 / (left[rows] - 1)
