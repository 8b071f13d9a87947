"""Error rates out of an audit's sample: unbiased, with intervals for finite populations.

The estimate weighs every stratum by its size (Horvitz, Thompson 1952). Its interval melds the exact
confidence distributions of the strata (Fay, Proschan, Brittain 2015): the errors of a stratum that
the sample leaves possible follow from the hypergeometric distribution, those of all strata are
their sum. With one stratum this is the exact interval of Clopper and Pearson for a finite
population; with several it errs to the wide side, and no error in a small sample of a large stratum
is never taken for none at all.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, gammaln

from labeltrust.domain.estimates import Estimate, Measured, Undefined
from labeltrust.metrics._estimates import CONFIDENCE

Int = NDArray[np.int64]
Float = NDArray[np.float64]

MOST_CELLS = 4_000
"""Larger populations are counted in units, rounded to the wide side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedStrata:
    """What is known of each stratum; all arrays have shape (n_strata,).

    Attributes:
        population: Items there are.
        audited: Items with a verdict.
        wrong: Those of them whose label the verdict contradicts.
    """

    population: Int
    audited: Int
    wrong: Int

    def only(self, chosen: NDArray[np.bool_]) -> "AuditedStrata":
        """Return some of the strata."""
        return AuditedStrata(
            population=self.population[chosen],
            audited=self.audited[chosen],
            wrong=self.wrong[chosen],
        )


def error_rate(strata: AuditedStrata, interval: tuple[float, float] | None = None) -> Measured:
    """Return the share of wrong labels among all items, not among those of the sample.

    Args:
        strata: What is known.
        interval: Its ends, where another one than the melded is to be told.

    >>> strata = AuditedStrata(population=np.array([100, 900]), audited=np.array([20, 10]),
    ...                        wrong=np.array([10, 0]))
    >>> error_rate(strata).value
    0.05
    """
    if not strata.population.size or not strata.audited.sum():
        return Undefined(reason="nothing was audited yet")
    bounds = melded_interval(strata) if interval is None else interval
    missing = (strata.audited == 0) & (strata.population > 0)
    if missing.any():
        return Undefined(reason=f"{int(missing.sum())} parts of the items have no verdict yet")
    shares = strata.wrong / strata.audited
    total = float(strata.population.sum())
    value = float((strata.population * shares).sum()) / total
    low, high = bounds
    n = int(strata.audited.sum())
    return Estimate(value=value, low=min(low, value), high=max(high, value), n=n)


def standard_error(strata: AuditedStrata) -> float:
    """Return the standard error of the estimate, with the correction for a finite population.

    Strata with one audited item count as if half of their items were wrong, the widest there is
    (Cochran 1977, equation 5.6).

    >>> strata = AuditedStrata(population=np.array([100]), audited=np.array([25]),
    ...                        wrong=np.array([5]))
    >>> round(standard_error(strata), 4)
    0.0707
    """
    n, wrong, size = (
        x.astype(np.float64) for x in (strata.audited, strata.wrong, strata.population)
    )
    share = np.divide(wrong, n, out=np.full(n.shape, 0.5), where=n > 1)
    spread = share * (1 - share) * np.divide(n, n - 1, out=np.ones(n.shape), where=n > 1)
    each = np.divide(spread * (1 - n / size), n, out=np.full(n.shape, 0.25), where=n > 0)
    return float(np.sqrt(((size / size.sum()) ** 2 * each).sum()))


def melded_interval(strata: AuditedStrata, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return both ends of the interval of the error rate of all items, each in [0, 1].

    >>> few = AuditedStrata(population=np.array([50]), audited=np.array([50]), wrong=np.array([3]))
    >>> melded_interval(few)
    (0.06, 0.06)
    """
    total = int(strata.population.sum())
    unit = max(-(-total // MOST_CELLS), 1)
    rows = [
        (int(a), int(b), int(c))
        for a, b, c in zip(strata.population, strata.audited, strata.wrong, strict=True)
    ]
    tail = (1 - confidence) / 2
    low = _summed([_lower(*row, unit) for row in rows])
    high = _summed([_upper(*row, unit) for row in rows])
    least = int(np.searchsorted(np.cumsum(low), tail, side="right"))
    most = high.size - 1 - int(np.searchsorted(np.cumsum(high[::-1]), tail, side="right"))
    return min(least * unit / total, 1.0), min(most * unit / total, 1.0)


def _summed(parts: list[Float]) -> Float:
    found: Float = np.ones(1)
    for part in parts:
        found = np.convolve(found, part)
    found /= found.sum()
    return found


def _upper(population: int, audited: int, wrong: int, unit: int) -> Float:
    """Return how likely each number of errors is as the greatest possible one, in units."""
    cells = -(-population // unit)
    edges = np.arange(cells + 1) * unit
    # P(greatest > m) = P(at most `wrong` in the sample | m + 1 errors)
    beyond = np.where(edges < population, _at_most(wrong, edges + 1, population, audited), 0.0)
    before = np.concatenate(([1.0], beyond[:-1]))
    mass: Float = np.maximum(before - beyond, 0.0)
    return mass


def _lower(population: int, audited: int, wrong: int, unit: int) -> Float:
    """Return how likely each number of errors is as the least possible one, in units."""
    cells = population // unit
    edges = np.arange(cells + 2) * unit
    # P(least < m) = P(at least `wrong` in the sample | m - 1 errors)
    fewer = np.minimum(edges - 1, population)
    seen = 1.0 - _at_most(wrong - 1, np.maximum(fewer, 0), population, audited)
    before = np.where(edges > 0, np.where(edges > population, 1.0, seen), 0.0)
    mass: Float = np.maximum(np.diff(before), 0.0)
    return mass


def _at_most(wrong: int, errors: Int, population: int, audited: int) -> Float:
    """Return P(at most `wrong` errors in a sample) for each number of errors there may be."""
    if wrong < 0:
        return np.zeros(errors.shape)
    if wrong >= audited:
        return np.ones(errors.shape)
    errors = np.minimum(errors, population)
    seen = np.arange(wrong + 1)[:, None]
    possible = (seen <= errors) & (audited - seen <= population - errors)
    right = np.maximum(audited - seen, 0)
    logs = (
        _log_choose(errors, np.minimum(seen, errors))
        + _log_choose(population - errors, np.minimum(right, population - errors))
        - _log_choose(np.array(population), np.array(audited))
    )
    chance: Float = np.clip(np.where(possible, np.exp(logs), 0.0).sum(axis=0), 0.0, 1.0)
    return chance


def _log_choose(n: Int, k: Int) -> Float:
    found: Float = gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)
    return found


def always_valid_bounds(
    population: int, audited: int, wrong: int, error: float = 1 - CONFIDENCE
) -> tuple[float, float]:
    """Return bounds of an error rate that hold at every look at once, as items come in.

    The ratio of a uniform prior over the number of errors to its posterior is a martingale for the
    true number, so that by Ville's inequality it ever exceeds 1 / error with probability error at
    most (Waudby-Smith, Ramdas 2020, theorem 2.1). Sampling is without replacement.

    >>> low, high = always_valid_bounds(1_000, 40, 4)
    >>> round(low, 2), round(high, 2)
    (0.01, 0.31)
    """
    if not audited:
        return 0.0, 1.0
    rest = population - audited
    left = np.arange(rest + 1)
    log_posterior = _log_beta_binomial(left, rest, 1.0 + wrong, 1.0 + audited - wrong)
    kept = np.flatnonzero(-np.log(population + 1.0) - log_posterior < -np.log(error))
    return (wrong + int(kept[0])) / population, (wrong + int(kept[-1])) / population


def _log_beta_binomial(k: Int, n: int, a: float, b: float) -> Float:
    found: Float = _log_choose(np.full(k.shape, n), k) + betaln(k + a, n - k + b) - betaln(a, b)
    return found


def always_valid_interval(strata: AuditedStrata) -> tuple[float, float]:
    """Return an interval of the error rate of all items that holds however early one stopped.

    Each stratum's bounds are wrong with an equal part of 5 % at most (Bonferroni).
    """
    error = (1 - CONFIDENCE) / max(strata.population.size, 1)
    bounds = [
        always_valid_bounds(int(a), int(b), int(c), error)
        for a, b, c in zip(strata.population, strata.audited, strata.wrong, strict=True)
    ]
    weight = strata.population / strata.population.sum()
    low = sum(w * bound[0] for w, bound in zip(weight, bounds, strict=True))
    high = sum(w * bound[1] for w, bound in zip(weight, bounds, strict=True))
    return float(low), float(high)
