"""Whether label mixes change from one window of days to another."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from labeltrust.counts._base import summed
from labeltrust.counts._cells import Cells, cells, rows_of
from labeltrust.counts._split import N_GROUPS
from labeltrust.counts.label_mix import LabelMix
from labeltrust.metrics._estimates import TAIL, Float, Int, Z, divided
from labeltrust.metrics._jackknife import LEAST_GROUPS
from labeltrust.metrics._shift_test import (
    AT_ONCE,
    Shifts,
    described,
    quadratic_form,
    shares,
    total_noise,
)
from labeltrust.metrics.label_shift import pooling

LEAST_EXPECTED = 5.0
"""Classes expected less often than this in a window are pooled: the chi-squared approximation is
poor below (Cochran 1954)."""

Window = tuple[int, int]
"""Days since 1970-01-01 UTC, half-open: (first, one past the last)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """Labels by window and class.

    Attributes:
        start_day: (n_windows,) first day of each window with labels, days since 1970.
        observed: (n_windows, n_classes) labels.
        days: Length of the windows.
    """

    start_day: Int
    observed: Float
    days: int


def project_histogram(counts: LabelMix, days: int = 7) -> Histogram:
    """Return the project's labels by window and class, windows without labels left out.

    >>> from labeltrust.counts import block, label_mix
    >>> b = block([1, 2], [0, 0], [0, 1], n_labelers=1, values=[0, 1],
    ...           occurred_us=[0, 8 * 86_400_000_000])
    >>> found = project_histogram(label_mix.count(b))
    >>> found.start_day.tolist(), found.observed.tolist()
    ([0, 7], [[1.0, 0.0], [0.0, 1.0]])
    """
    day, label = counts.project.over(0, 2).index
    window, place = np.unique(day // days, return_inverse=True)
    shape = (window.size, counts.project.shape[2])
    table = cells(shape, (place, label), counts.project.over(0, 2).sums[0])
    return Histogram(start_day=window * days, observed=table.dense(), days=days)


def label_shift_of_labelers(counts: LabelMix, before: Window, after: Window) -> Shifts:
    """Compare each labeler's labels of one window with his own of another.

    Chi-squared test of homogeneity; a labeler gives one label an item, so his labels are
    independent draws. Classes expected less than `LEAST_EXPECTED` times are pooled.

    Returns:
        (n_labelers,) shifts; n counts labels of the later window.

    >>> from labeltrust.counts import block, label_mix
    >>> day = [0] * 20 + [86_400_000_000] * 20
    >>> b = block(range(40), [0] * 40, [0] * 20 + [0, 1] * 10, n_labelers=1, values=[0, 1],
    ...           occurred_us=day)
    >>> found = label_shift_of_labelers(label_mix.count(b), (0, 1), (1, 2))
    >>> found.size[0].value, bool(found.p_value[0] < 0.001)
    (0.5, True)
    """
    old, new = (_during(counts.observed, window, counts) for window in (before, after))
    everybody = np.arange(counts.observed.shape[1])
    dense = rows_of(old, everybody), rows_of(new, everybody)
    parts = [
        _homogeneity(*(x[low : low + AT_ONCE] for x in dense))
        for low in range(0, max(everybody.size, 1), AT_ONCE)
    ]
    noise, statistic, degrees, p_value = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    return described(dense[1], dense[0], noise, (statistic, degrees, p_value))


def _homogeneity(old: Float, new: Float) -> tuple[Float, Float, Float, Float]:
    """Return noise of the size in counts of `new`, statistic, degrees and p-value, each (k,)."""
    target, scale = _targets(old, new), _scale(old, new)[:, None, None]
    a, b = _moved(old, target), _moved(new, target)
    statistic, degrees = quadratic_form(shares(b) - shares(a), _multinomial(shares(a + b)) * scale)
    p_value = np.where(degrees > 0, stats.chi2.sf(statistic, np.maximum(degrees, 1)), np.nan)
    noise = total_noise(_multinomial(shares(old + new)) * scale) * new.sum(axis=1)
    return noise, statistic, degrees, p_value


def label_shift_of_counts(before: Float, after: Float) -> Shifts:
    """Compare label counts of two times, or of two groups, whose labels are independent draws.

    Chi-squared test of homogeneity; classes expected less than `LEAST_EXPECTED` times are pooled.

    Args:
        before: (k, n_classes) counts.
        after: (k, n_classes) counts.

    Returns:
        (k,) shifts; n counts the labels after.

    >>> found = label_shift_of_counts(np.array([[20.0, 0.0]]), np.array([[10.0, 10.0]]))
    >>> found.size[0].value, bool(found.p_value[0] < 0.001)
    (0.5, True)
    """
    noise, *test = _homogeneity(before, after)
    return described(after, before, noise, (test[0], test[1], test[2]))


def label_shift_of_project(counts: LabelMix, before: Window, after: Window) -> Shifts:
    """Compare the project's labels of one window with those of another.

    The labels of one item go together, so the plain chi-squared test cries wolf. Its statistic is
    divided by the mean design effect of the classes, estimated by leaving out random groups of
    items (Rao and Scott 1981, first order), and read against F.

    Returns:
        One shift; n counts labels of the later window.

    >>> from labeltrust.counts import block, label_mix
    >>> b = block([1, 2], [0, 0], [0, 1], n_labelers=1, values=[0, 1],
    ...           occurred_us=[0, 86_400_000_000])
    >>> label_shift_of_project(label_mix.count(b), (0, 1), (1, 2)).size[0].value
    1.0
    """
    groups = np.arange(N_GROUPS)
    old, new = (rows_of(_during(counts.project, w, counts), groups) for w in (before, after))
    target = _targets(old.sum(axis=0)[None], new.sum(axis=0)[None])
    test = _rao_scott(_moved(old, target), _moved(new, target))
    covariance, n_groups = _resampled(old, new)
    whole_old, whole_new = old.sum(axis=0)[None], new.sum(axis=0)[None]
    if n_groups < LEAST_GROUPS:
        return described(whole_new, whole_old, whole_new.sum(axis=1), test)
    noise = total_noise(covariance[None]) * stats.t.ppf(TAIL, n_groups - 1) / Z
    return described(whole_new, whole_old, noise * whole_new.sum(), test)


def _during(table: Cells, window: Window, counts: LabelMix) -> Cells:
    """Return a table by day, rows and class, summed over the days of a window, classes pooled."""
    day, row, label = table.index
    inside = (day >= window[0]) & (day < window[1])
    pooled, n_classes = pooling(counts)
    index = row[inside], pooled[label[inside]]
    return cells((table.shape[1], n_classes), index, table.sums[0][inside])


def _targets(old: Float, new: Float) -> Int:
    """Return for each class the class it is counted as: rare ones together, or with the next.

    Args:
        old: (k, n_classes) counts.
        new: (k, n_classes) counts.

    Returns:
        (k, n_classes) class numbers.
    """
    both, smaller = old + new, np.minimum(old.sum(axis=1), new.sum(axis=1))
    expected = both * divided(smaller, both.sum(axis=1))[:, None]
    rare = expected < LEAST_EXPECTED
    together = np.where(rare, expected, 0.0).sum(axis=1)
    alone = (together >= LEAST_EXPECTED) | rare.all(axis=1)
    next_up = np.where(rare, np.inf, expected).argmin(axis=1)
    home = np.where(alone, rare.argmax(axis=1), next_up)
    return np.where(rare, home[:, None], np.arange(old.shape[1]))


def _moved(counts: Float, target: Int) -> Float:
    """Return counts with every class counted as its target: (k, n_classes)."""
    place = np.broadcast_to(target, counts.shape)
    row = np.arange(counts.shape[0])[:, None] * counts.shape[1]
    return summed((row + place).ravel(), counts.ravel(), counts.size).reshape(counts.shape)


def _scale(old: Float, new: Float) -> Float:
    """Return 1/n_old + 1/n_new of every row, 0 where one is empty."""
    a, b = old.sum(axis=1), new.sum(axis=1)
    return divided(a + b, a * b)


def _multinomial(share: Float) -> Float:
    """Return diag(p) - p p' of every row p."""
    covariance: Float = -share[:, :, None] * share[:, None, :]
    diagonal = np.arange(share.shape[1])
    covariance[:, diagonal, diagonal] += share
    return covariance


def _resampled(old: Float, new: Float) -> tuple[Float, int]:
    """Return the covariance of new less old shares from leaving out groups, and their number.

    Args:
        old: (n_groups, n_classes) counts.
        new: (n_groups, n_classes) counts.
    """
    occupied = (old + new).sum(axis=1) > 0
    n_groups = int(occupied.sum())
    without = [shares(x.sum(axis=0) - x[occupied]) for x in (old, new)]
    difference = without[1] - without[0]
    apart = difference - difference.mean(axis=0) if n_groups else difference
    return apart.T @ apart * (n_groups - 1) / max(n_groups, 1), n_groups


def _rao_scott(old: Float, new: Float) -> tuple[Float, Float, Float]:
    """Return F statistic, degrees of freedom and p-value of a change of shares, each (1,)."""
    a, b = old.sum(axis=0)[None], new.sum(axis=0)[None]
    covariance, n_groups = _resampled(old, new)
    whole, scale = shares(a + b), _scale(a, b)
    plain = _multinomial(whole) * scale[:, None, None]
    statistic, degrees = quadratic_form(shares(b) - shares(a), plain)
    inflation = divided(np.diag(covariance)[None], whole * scale[:, None]).sum(axis=1)
    ratio = divided(statistic, inflation)
    usable = (degrees > 0) & (inflation > 0)
    within = np.maximum(degrees, 1) * max(n_groups - 1, 1)
    p_value = stats.f.sf(ratio, np.maximum(degrees, 1), within)
    return ratio, degrees, np.where(usable, p_value, np.nan)
