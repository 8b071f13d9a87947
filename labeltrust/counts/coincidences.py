"""Krippendorff's coincidences of the project, and what changes when a labeler is left out."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from labeltrust.counts._base import Counter, Float, Int, Judgments, summed
from labeltrust.counts._cells import Cells, ItemCells, cells, raveled, spread
from labeltrust.counts._ordinal import PAIRABLE, no_tables, tables
from labeltrust.counts._similarity import Weighted
from labeltrust.counts._split import N_GROUPS, groups
from labeltrust.counts._squared import total_distance
from labeltrust.counts._tally import Tally, tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Coincidences:
    """Sums over pairable items (at least two judgments), by random group of items.

    The change is what the sums lose when all judgments of one labeler are taken out, items that are
    left with a single judgment included. Groups (see `N_GROUPS`) serve the jackknife; sum over them
    for the totals. The coincidence tables are kept for ordinal labels only, whose distances depend
    on the frequencies themselves; elsewhere `observed` suffices.

    Attributes:
        observed: (N_GROUPS,) two sums: sum over items of delta^2 of all ordered pairs over (m - 1),
            with values moved to [0, 1] for interval; and pairable items.
        observed_change: (n_labelers, N_GROUPS) three sums: what leaving out takes away from the two
            above; and the labeler's own pairable items.
        margin: (N_GROUPS, n_labels) pairable judgments by label.
        margin_change: (n_labelers, N_GROUPS, n_labels) what leaving out takes away.
        table: (N_GROUPS, n_labels, n_labels) ordinal coincidences, empty for other levels.
        table_change: (n_labelers, N_GROUPS, n_labels, n_labels) what leaving out takes away; only
            its sum with its transpose is meaningful.
        values: (n_labels,) numeric position of each label.
        level: `nominal`, `ordinal`, `interval` or `ratio`.
    """

    observed: Cells
    observed_change: Cells
    margin: Cells
    margin_change: Cells
    table: Cells
    table_change: Cells
    values: Float
    level: str

    def __add__(self, other: Self) -> "Coincidences":
        """Add the counts of another block."""
        return Coincidences(
            observed=self.observed + other.observed,
            observed_change=self.observed_change + other.observed_change,
            margin=self.margin + other.margin,
            margin_change=self.margin_change + other.margin_change,
            table=self.table + other.table,
            table_change=self.table_change + other.table_change,
            values=self.values,
            level=self.level,
        )


def count(judgments: Judgments) -> Coincidences:
    """Count coincidences at the block's own level, and the change without each labeler.

    All answers count, a labeler's repeats too, as in Krippendorff's canonical form.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 2, 2], [0, 1, 0, 1], [0, 0, 1, 0], n_labelers=2, values=[0, 1])
    >>> count(b).observed.sums.sum(axis=1).tolist()
    [2.0, 2.0]
    """
    found = tally(judgments)
    group = groups(judgments)
    level, pairs = judgments.level, _Pairs.of(judgments, found)
    ordinal = level == "ordinal"
    both = tables(judgments, found, group) if ordinal else no_tables(judgments)
    return Coincidences(
        observed=pairs.observed(found, group),
        observed_change=pairs.observed_change(found, group, judgments.n_labelers),
        margin=_margin(judgments, found, group),
        margin_change=_margin_change(judgments, found, group),
        table=both[0],
        table_change=both[1],
        values=judgments.values,
        level=level,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pairs:
    """Summed distances of ordered pairs: of each item, and of each unit to its item and itself."""

    item: Float
    unit: Float
    own: Float

    @classmethod
    def of(cls, judgments: Judgments, found: Tally) -> "_Pairs":
        if judgments.level == "ordinal":
            none = np.zeros(found.unit_n.size)
            return cls(item=np.zeros(found.m.size), unit=none, own=none)
        level, values, n_units = judgments.level, judgments.values, found.unit_n.size
        weight = found.run_n.astype(np.float64)
        runs = Weighted(group=found.run_item, label=found.run_label, weight=weight)
        of_run = total_distance(level, (found.run_item, found.run_label), runs, values)
        own = np.zeros(n_units)
        if found.repeats:
            asked = found.unit_of_row, judgments.label
            mine = Weighted(group=asked[0], label=asked[1], weight=np.ones(judgments.n))
            own = summed(asked[0], total_distance(level, asked, mine, values), n_units)
        return cls(
            item=summed(found.run_item, weight * of_run, found.m.size),
            unit=summed(found.unit_of_row, of_run[found.run_of_row], n_units),
            own=own,
        )

    def observed(self, found: Tally, group: Int) -> Cells:
        items = np.flatnonzero(found.m >= PAIRABLE)
        of_item = self.item[items] / (found.m[items] - 1)
        return cells((N_GROUPS,), (group[items],), of_item, np.ones(items.size))

    def observed_change(self, found: Tally, group: Int, n_labelers: int) -> Cells:
        units, left = _pairable_units(found)
        item = found.unit_item[units]
        without = self.item[item] - 2 * self.unit[units] + self.own[units]
        kept = np.where(left >= PAIRABLE, without / np.maximum(left - 1, 1), 0.0)
        change = self.item[item] / (found.m[item] - 1) - kept
        index = found.unit_labeler[units], group[item]
        lost, one = left < PAIRABLE, np.ones(units.size)
        return cells((n_labelers, N_GROUPS), index, change, lost, one)


def _pairable_units(found: Tally) -> tuple[Int, Int]:
    """Return the units on pairable items, and how many judgments their items keep without them."""
    units = np.flatnonzero(found.m[found.unit_item] >= PAIRABLE)
    return units, found.m[found.unit_item[units]] - found.unit_n[units]


def _margin(judgments: Judgments, found: Tally, group: Int) -> Cells:
    runs = np.flatnonzero(found.m[found.run_item] >= PAIRABLE)
    index = group[found.run_item[runs]], found.run_label[runs]
    return cells((N_GROUPS, judgments.n_labels), index, found.run_n[runs])


def _margin_change(judgments: Judgments, found: Tally, group: Int) -> Cells:
    shape = (judgments.n_labelers, N_GROUPS, judgments.n_labels)
    units, left = _pairable_units(found)
    rows = np.flatnonzero(_left_of_row(found) >= PAIRABLE)
    index = judgments.labeler[rows], group[judgments.item[rows]], judgments.label[rows]
    own = cells(shape, index, np.ones(rows.size))
    lost = units[left < PAIRABLE]
    held = ItemCells(
        item=found.run_item,
        cell=found.run_label,
        sums=found.run_n[None, :].astype(np.float64),
        n_items=found.m.size,
        n_cells=shape[2],
    )
    item = found.unit_item[lost]
    key = raveled(shape[:2], (found.unit_labeler[lost], group[item]))
    return own + spread((key, item, np.ones(lost.size)), held, shape)


def _left_of_row(found: Tally) -> Int:
    """Return for each row how many judgments its item keeps without the row's labeler."""
    left: Int = (found.m[found.unit_item] - found.unit_n)[found.unit_of_row]
    return left


COUNTER = Counter(name="coincidences", counts=Coincidences, count=count)
