"""Whether the mix of labels left that of the same weekdays before."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeltrust.domain.estimates import Estimate, Measured, Undefined
from labeltrust.metrics._estimates import Float, Int
from labeltrust.metrics._shift_test import total_noise

DAY_SECONDS = 86_400
LEAST_OF_A_WEEKDAY = 50
"""A weekday of fewer labels before is compared with all days before."""
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSlots:
    """Labels by slot, source and class; columns of one length.

    Attributes:
        at: Seconds since 1970 at which the slot begins.
        source: Row of the source.
        label: Codes of classes, from 0.
        n: Labels.
        n_classes: How many classes there are.
        deff: Design effect of labels of one item, at least 1.
    """

    at: Int
    source: Int
    label: Int
    n: Int
    n_classes: int
    deff: float

    def by_weekday(self, inside: Bool) -> Float:
        """Return labels by weekday and class of some rows: (7, n_classes)."""
        day = (self.at[inside] // DAY_SECONDS + 3) % 7  # 1970 began on a Thursday
        flat = day * self.n_classes + self.label[inside]
        sums = np.bincount(flat, weights=self.n[inside], minlength=7 * self.n_classes)
        return sums.reshape(7, self.n_classes).astype(np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonalShift:
    """How far a window is from what its weekdays were before.

    Attributes:
        size: Total variation in [0, 1]: the share of labels that would have to be other ones; the
            interval allows for the noise of both sides. n counts labels of the window.
        sure: Labels of the window beyond what noise explains, as if they were independent.
        n: Labels of the window, as if they were independent.
    """

    size: Measured
    sure: int
    n: int


def seasonal_shift(now: Float, before: Float, deff: float) -> SeasonalShift:
    """Compare a window with what a mix of the same weekdays gave before.

    What is expected is the mix of each weekday before, weighted by how much of the window fell on
    it: a busy Sunday is no shift.

    Args:
        now: (7, n_classes) labels of the window by weekday.
        before: The same of the time before.
        deff: Design effect: labels of an item go together.

    >>> usual = np.tile([90.0, 10.0], (7, 1))
    >>> round(seasonal_shift(usual, 4 * usual, 1.0).size.value, 9)
    0.0
    >>> seasonal_shift(usual, 0 * usual, 1.0).size.reason
    'no labels in the weeks before'
    """
    n = float(now.sum())
    if not before.sum():
        return SeasonalShift(size=Undefined(reason="no labels in the weeks before"), sure=0, n=0)
    if not n:
        return SeasonalShift(size=Undefined(reason="no labels in this window"), sure=0, n=0)
    of_day, n_before = _usual(before)
    weight = now.sum(axis=1) / n
    expected = weight @ of_day
    size = float(np.abs(now.sum(axis=0) / n - expected).sum() / 2)
    noise = float(total_noise(_covariance(expected, of_day, weight, n_before, n) * deff)[0])
    found = Estimate(value=size, low=max(size - noise, 0.0), high=min(size + noise, 1.0), n=int(n))
    effective = n / deff
    return SeasonalShift(size=found, sure=int(found.low * effective), n=int(effective))


def _usual(before: Float) -> tuple[Float, Float]:
    """Return the mix of each weekday before, and how many labels it rests on."""
    n = before.sum(axis=1)
    few = n < LEAST_OF_A_WEEKDAY
    everything = before.sum(axis=0)
    of_day = np.where(few[:, None], everything[None], before)
    sizes = np.where(few, everything.sum(), n)
    return of_day / sizes[:, None], sizes


def _covariance(expected: Float, of_day: Float, weight: Float, n_before: Float, n: float) -> Float:
    """Return the covariance of the window's shares less the expected ones: (1, k, k)."""
    window = (np.diag(expected) - np.outer(expected, expected)) / n
    days = np.einsum("dx,xy->dxy", of_day, np.eye(of_day.shape[1]))
    days = days - of_day[:, :, None] * of_day[:, None, :]
    past = np.einsum("d,dxy->xy", weight**2 / n_before, days)
    whole: Float = (window + past)[None]
    return whole


def label_design_effect(item: Int, label: Int, n_classes: int) -> float:
    """Return how many times wider the noise of a mix is because labels of an item go together.

    The mean over classes of the ratio estimator's variance over the multinomial one.

    >>> label_design_effect(np.array([1, 1, 2, 2]), np.array([0, 0, 1, 1]), 2)
    2.0
    """
    if not item.size or n_classes < 2:  # noqa: PLR2004 - one class cannot vary
        return 1.0
    share = np.bincount(label, minlength=n_classes) / item.size
    _, place, sizes = np.unique(item, return_inverse=True, return_counts=True)
    cell, of_cell = np.unique(place * n_classes + label, return_counts=True)
    owner, of_class = cell // n_classes, cell % n_classes
    square = np.bincount(of_class, weights=of_cell**2, minlength=n_classes)
    cross = np.bincount(of_class, weights=of_cell * sizes[owner], minlength=n_classes)
    left = square - 2 * share * cross + share**2 * float((sizes**2).sum())
    used = share > 0
    if used.sum() < 2:  # noqa: PLR2004 - as above
        return 1.0
    total = float((left[used] / share[used]).sum())
    return max(1.0, total / (item.size * (int(used.sum()) - 1)))
