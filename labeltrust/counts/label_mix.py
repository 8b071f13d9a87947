"""Which labels each labeler gives, against what the same items lead one to expect."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from labeltrust.counts._base import Counter, Float, Int, Judgments
from labeltrust.counts._cells import Cells, ItemCells, cells, raveled, spread
from labeltrust.counts._similarity import fenced_values, unit_values
from labeltrust.counts._split import N_GROUPS, groups
from labeltrust.counts._squared import within
from labeltrust.counts._tally import Tally, tally

DAY_US = 86_400_000_000
N_DAYS = 1 << 16
N_BINS = 32
"""A scale of numbers with more distinct values than this is cut into as many bins of equal width
(far-off values lie in the last, see `fenced_values`): a histogram of thousands of values says
nothing about a shift."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelMix:
    """Labels by labeler, day and class; the project is the sum over labelers.

    A day is `occurred_us // DAY_US`, so windows of any whole number of days add up. A class is a
    label, or a bin of values where `bin_of_label` says so. A labeler's several answers to one item
    share one vote.

    Attributes:
        observed: (N_DAYS, n_labelers, n_classes) labels.
        expected: Same shape: sum of n_x/m over the same items, what another labeler of them gives.
            Only items with at least two labelers count here, and `compared` is the observed part.
        compared: Same shape: labels on items with at least two labelers.
        covariance: (n_labelers, n_classes, n_classes) sum of diag(p) - p p' over the same items,
            p = n_x/m: the covariance of `compared` if exchangeable.
        project: (N_DAYS, N_GROUPS, n_classes) labels of everybody, by random group of items: the
            labels of one item go together, so a test over windows resamples items.
        bin_of_label: (n_labels,) class of each label.
    """

    observed: Cells
    expected: Cells
    compared: Cells
    covariance: Cells
    project: Cells
    bin_of_label: Int

    def __add__(self, other: Self) -> "LabelMix":
        """Add the counts of another block."""
        return LabelMix(
            observed=self.observed + other.observed,
            expected=self.expected + other.expected,
            compared=self.compared + other.compared,
            covariance=self.covariance + other.covariance,
            project=self.project + other.project,
            bin_of_label=self.bin_of_label,
        )


def count(judgments: Judgments) -> LabelMix:
    """Count labels by labeler, day and class, and what the same items would give.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 1], [0, 1, 2], [0, 0, 1], n_labelers=3, values=[0, 1])
    >>> mix = count(b)
    >>> mix.observed.over(1, 2).dense()[2].tolist()
    [0.0, 1.0]
    >>> mix.expected.over(1, 2).dense()[2].round(2).tolist()
    [0.67, 0.33]
    """
    bins = _bins(judgments.values, judgments.level)
    found = tally(judgments)
    day = np.clip(judgments.occurred_us // DAY_US, 0, N_DAYS - 1)
    n_classes = int(bins.max(initial=0)) + 1
    shape = (N_DAYS, judgments.n_labelers, n_classes)
    index = (day, judgments.labeler, bins[judgments.label])
    shared = found.voters[judgments.item] >= 2  # noqa: PLR2004 - comparing takes two
    group = groups(judgments)[judgments.item]
    rows = raveled(shape[:2], (day, judgments.labeler)), judgments.item, found.vote
    held = _shares(found, bins, n_classes)
    units = found.unit_labeler, found.unit_item, np.ones(found.unit_item.size)
    return LabelMix(
        observed=cells(shape, index, found.vote),
        expected=spread(rows, held, shape),
        compared=cells(shape, tuple(i[shared] for i in index), found.vote[shared]),
        covariance=spread(units, _covariances(held), (shape[1], n_classes, n_classes)),
        project=cells((N_DAYS, N_GROUPS, n_classes), (day, group, index[2]), found.vote),
        bin_of_label=bins,
    )


def _bins(values: Float, level: str) -> Int:
    if level in {"nominal", "ordinal"} or values.size <= N_BINS:
        return np.arange(values.size)
    unit = unit_values(fenced_values(values, level))
    return np.minimum((unit * N_BINS).astype(np.int64), N_BINS - 1)


def _shares(found: Tally, bins: Int, n_classes: int) -> ItemCells:
    runs = np.flatnonzero(found.voters[found.run_item] >= 2)  # noqa: PLR2004 - comparing takes two
    item = found.run_item[runs]
    share = found.weight[runs] / found.voters[item]
    shape = (found.m.size, n_classes)
    table = cells(shape, (item, bins[found.run_label[runs]]), share)
    at, label = table.index
    return ItemCells(item=at, cell=label, sums=table.sums, n_items=shape[0], n_cells=n_classes)


def _covariances(held: ItemCells) -> ItemCells:
    """Return diag(p) - p p' of every item, from its shares p (cells sorted by item)."""
    left, right = within(held.item)
    p = held.sums[0]
    value = np.where(left == right, p[left], 0.0) - p[left] * p[right]
    return ItemCells(
        item=held.item[left],
        cell=held.cell[left] * held.n_cells + held.cell[right],
        sums=value[None, :],
        n_items=held.n_items,
        n_cells=held.n_cells**2,
    )


COUNTER = Counter(name="label_mix", counts=LabelMix, count=count)
