"""Whether label counts differ from what was expected, and by how much."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from labeltrust.metrics._estimates import Bool, Estimates, Float, Int, divided, estimates

NO_LABELS = "no labels to compare"
_ZERO = 1e-9
"""Eigenvalues below this part of the largest are rounding of the dependence between classes."""
AT_ONCE = 2048
"""Covariances held at once: 16 MB at 32 classes."""
_QUANTILE = 1.93
"""Standard deviations above the mean of a folded normal at its 95 % point; sums are tighter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifts:
    """How far label counts are from what was expected, k times; arrays have shape (k,).

    Attributes:
        size: Total variation in [0, 1]: the share of labels that would have to change. n counts
            labels. The interval allows for the noise of both sides.
        p_value: Chi-squared test of no shift, NaN where nothing could differ.
        statistic: Its statistic.
        degrees: Its degrees of freedom.
        jensen_shannon: Jensen-Shannon distance, base 2, in [0, 1] (Endres, Schindelin 2003).
        psi: Population stability index with half a label added to every class.
    """

    size: Estimates
    p_value: Float
    statistic: Float
    degrees: Float
    jensen_shannon: Float
    psi: Float


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Label counts, their expectation without a shift, and the noise between them.

    Attributes:
        observed: (k, n_classes) counts.
        expected: (k, n_classes) their expectation without a shift, same totals.
        covariance: Gives the (j, n_classes, n_classes) covariances of observed - expected without a
            shift for j consecutive places: they are never all held at once.
    """

    observed: Float
    expected: Float
    covariance: Callable[[Int], Float]


def shifts(compared: Compared) -> Shifts:
    """Return size and chi-squared test of the shift between observed and expected counts."""
    k = len(compared.observed)
    statistic, degrees, noise = np.zeros(k), np.zeros(k), np.zeros(k)
    for low in range(0, k, AT_ONCE):
        who = np.arange(low, min(low + AT_ONCE, k))
        covariance = compared.covariance(who)
        difference = compared.observed[who] - compared.expected[who]
        statistic[who], degrees[who] = quadratic_form(difference, covariance)
        noise[who] = total_noise(covariance)
    p_value = np.where(degrees > 0, stats.chi2.sf(statistic, np.maximum(degrees, 1)), np.nan)
    return described(compared.observed, compared.expected, noise, (statistic, degrees, p_value))


def described(
    observed: Float, expected: Float, noise: Float, test: tuple[Float, Float, Float]
) -> Shifts:
    """Return the shifts with their sizes.

    Args:
        observed: (k, n_classes) counts.
        expected: (k, n_classes) counts they are compared with, any totals.
        noise: (k,) 95 % point of the total variation, in counts of `observed`.
        test: Statistic, degrees of freedom, p-value, each (k,).
    """
    n = observed.sum(axis=1)
    one, two = shares(observed), shares(expected)
    size, margin = np.abs(one - two).sum(axis=1) / 2, divided(noise, n)
    low, high = np.maximum(size - margin, 0.0), np.minimum(size + margin, 1.0)
    none = (n == 0) | (expected.sum(axis=1) == 0)
    return Shifts(
        size=estimates(size, low, high, n, (NO_LABELS, none)),
        p_value=np.where(none, np.nan, test[2]),
        statistic=np.where(none, np.nan, test[0]),
        degrees=np.where(none, 0.0, test[1]),
        jensen_shannon=np.where(none, np.nan, _jensen_shannon(one, two)),
        psi=np.where(none, np.nan, _psi(observed, expected)),
    )


def quadratic_form(difference: Float, covariance: Float) -> tuple[Float, Float]:
    """Return d' C^+ d and the rank of C for k vectors d and covariances C."""
    value, vector = np.linalg.eigh(covariance)
    real: Bool = value > _ZERO * np.maximum(value[:, -1:], _ZERO)
    along = np.einsum("kx,kxe->ke", difference, vector)
    inverse = np.where(real, 1.0 / np.where(real, value, 1.0), 0.0)
    return (along**2 * inverse).sum(axis=1), real.sum(axis=1).astype(np.float64)


def shares(counts: Float) -> Float:
    """Return counts over their row totals, 0 where a row is empty."""
    return divided(counts, counts.sum(axis=1, keepdims=True))


def total_noise(covariance: Float) -> Float:
    """Return the 95 % point of half the sum of |d| for d ~ N(0, C).

    Mean and variance of a sum of folded normals are exact (Leone, Nelson, Nottingham 1961, and the
    arcsine law for their covariance); the 95 % point is that of a single one, which is cautious.
    """
    deviation = np.sqrt(np.maximum(np.einsum("kxx->kx", covariance), 0.0))
    scale = deviation[:, :, None] * deviation[:, None, :]
    rho = np.clip(divided(covariance, scale), -1.0, 1.0)
    folded = 2 / np.pi * (rho * np.arcsin(rho) + np.sqrt(1 - rho**2) - 1) * scale
    mean = np.sqrt(2 / np.pi) * deviation.sum(axis=1)
    point: Float = (mean + _QUANTILE * np.sqrt(folded.sum(axis=(1, 2)))) / 2
    return point


def _jensen_shannon(one: Float, two: Float) -> Float:
    middle = (one + two) / 2
    divergence = (_relative(one, middle) + _relative(two, middle)) / 2
    return np.sqrt(np.clip(divergence, 0.0, 1.0))


def _relative(share: Float, to: Float) -> Float:
    ratio = np.where(share > 0, divided(share, to), 1.0)
    entropy: Float = (share * np.log2(ratio)).sum(axis=1)
    return entropy


def _psi(observed: Float, expected: Float) -> Float:
    one, two = shares(observed + 0.5), shares(expected + 0.5)
    index: Float = ((one - two) * np.log(one / two)).sum(axis=1)
    return index
