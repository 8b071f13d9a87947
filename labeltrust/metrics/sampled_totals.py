"""Totals and ratios over all items of an audit, out of a stratified sample of them.

A domain (labels since an onset, labels of one class) needs no sample of its own: what lies outside
counts as no hit, and the estimate stays unbiased (Cochran 1977, section 2.13).
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from labeltrust.domain.estimates import Estimate, Measured, Undefined
from labeltrust.metrics._estimates import CONFIDENCE, unseen_share
from labeltrust.metrics.audit_estimates import (
    AuditedStrata,
    always_valid_interval,
    error_rate,
    melded_interval,
    standard_error,
)

Int = NDArray[np.int64]
Float = NDArray[np.float64]
LEAST_ITEMS = 10
"""Fewer audited items say too little of a mean to give it an interval by its spread."""


def sampled_total(strata: AuditedStrata, *, looked_on: bool = False) -> Measured:
    """Return how many of all items are hits; `wrong` of the strata counts those of the sample.

    Over many small strata the melded interval of `error_rate` is far too wide: it asks how many
    errors all of them could hide at once. This one adds the exact intervals of the strata in
    squares, see `recovered_interval`.

    Args:
        strata: What is known of each stratum.
        looked_on: The sample may have been ended after a look at what it had found, so the interval
            must hold at every look.

    >>> strata = AuditedStrata(population=np.array([100, 900]), audited=np.array([20, 10]),
    ...                        wrong=np.array([10, 0]))
    >>> sampled_total(strata).value
    50.0
    """
    ends = always_valid_interval if looked_on else recovered_interval
    rate = error_rate(strata, ends(strata) if strata.audited.sum() else (0.0, 1.0))
    if not isinstance(rate, Estimate):
        return rate
    size = float(strata.population.sum())
    # to the nearest whole number of items: the ends of the interval are numbers of them
    low, high = (float(np.rint(end * size)) for end in (rate.low, rate.high))
    return Estimate(value=rate.value * size, low=low, high=high, n=rate.n)


def recovered_interval(strata: AuditedStrata) -> tuple[float, float]:
    """Return both ends of the interval of the share of hits, from those of the strata.

    Each stratum's variance near an end is recovered from its own exact interval for a finite
    population, and variances add up (MOVER: Zou, Donner 2008, equations 5 and 6).

    >>> few = AuditedStrata(population=np.array([50, 50]), audited=np.array([50, 10]),
    ...                     wrong=np.array([3, 0]))
    >>> low, high = recovered_interval(few)
    >>> low, round(high, 2)
    (0.03, 0.16)
    """
    weight = strata.population / strata.population.sum()
    share = strata.wrong / np.maximum(strata.audited, 1)
    numbers = np.arange(strata.population.size)
    ends = np.array([melded_interval(strata.only(numbers == k)) for k in numbers])
    middle = float((weight * share).sum())
    below = float(np.sqrt(((weight * (share - ends[:, 0])) ** 2).sum()))
    above = float(np.sqrt(((weight * (ends[:, 1] - share)) ** 2).sum()))
    low = min(middle - below, _skewed_low(middle, strata))
    high = max(middle + above, 1.0 - _skewed_low(1.0 - middle, strata))
    return max(low, 0.0), min(high, 1.0)


def _skewed_low(middle: float, strata: AuditedStrata) -> float:
    """Return the lower end of a share by a gamma distribution of its mean and variance.

    Few hits, each standing for many items, make an estimate skew: squares of intervals then stop
    short below (Fay, Feuer 1997, equation 3, with the variance of a stratified sample).
    """
    variance = standard_error(strata) ** 2
    if middle <= 0 or not variance:
        return middle
    return float(stats.gamma.ppf((1 - CONFIDENCE) / 2, middle**2 / variance) * variance / middle)


def sampled_ratio(
    strata: AuditedStrata, stratum: Int, above: Float, below: Float, *, half_range: float = 1.0
) -> Measured:
    """Return the total of `above` over that of `below`, with Student's interval.

    The combined ratio estimator and its linearised variance, with the correction for a finite
    population (Cochran 1977, section 6.11). A stratum with one audited item counts as if its values
    lay at both ends of their range.

    Args:
        strata: Population and audited items of each stratum.
        stratum: (k,) stratum of each audited item.
        above: (k,) values, 0 where `below` is 0.
        below: (k,) 1.0 for items in the domain, else 0.0.
        half_range: Half the distance between the least and the greatest value.

    Returns:
        The ratio; n counts the items in the domain. Undefined below ten of them.

    >>> strata = AuditedStrata(population=np.array([500]), audited=np.array([40]),
    ...                        wrong=np.array([0]))
    >>> above = np.repeat([1.0, 0.0], [10, 30])
    >>> found = sampled_ratio(strata, np.zeros(40, dtype=int), above, np.ones(40))
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)
    (0.25, 0.12, 0.38)
    """
    n = int((below > 0).sum())
    if n < LEAST_ITEMS:
        return Undefined(reason=f"{n} audited items tell of it, {LEAST_ITEMS} are needed")
    weight = strata.population / np.maximum(strata.audited, 1)
    size = float((weight[stratum] * below).sum())
    value = float((weight[stratum] * above).sum()) / size
    variance = _variance(strata, stratum, above - value * below, half_range) / size**2
    freedom = max(int(strata.audited.sum()) - int((strata.audited > 0).sum()), 1)
    margin = float(stats.t.ppf((1 + CONFIDENCE) / 2, freedom)) * float(np.sqrt(variance))
    if not margin:  # what was never seen to vary may still vary in the items nobody audited
        unseen = 2 * half_range * float(unseen_share(np.array([float(n)]))[0])
        margin = unseen * float(1 - strata.audited.sum() / strata.population.sum())
    return Estimate(value=value, low=value - margin, high=value + margin, n=n)


def _variance(strata: AuditedStrata, stratum: Int, rest: Float, half_range: float) -> float:
    size = strata.population.size
    n = np.bincount(stratum, minlength=size).astype(np.float64)
    mean = np.bincount(stratum, weights=rest, minlength=size) / np.maximum(n, 1)
    squares = np.bincount(stratum, weights=(rest - mean[stratum]) ** 2, minlength=size)
    spread = np.where(n > 1, squares / np.maximum(n - 1, 1), half_range**2)
    there = n > 0
    population = strata.population.astype(np.float64)
    each = population**2 * (1 - n / population) * spread / np.maximum(n, 1)
    return float(each[there].sum())


def hits(strata: AuditedStrata, stratum: Int, hit: NDArray[np.bool_]) -> AuditedStrata:
    """Return the strata with other items counted as hits.

    >>> strata = AuditedStrata(population=np.array([9]), audited=np.array([3]), wrong=np.array([0]))
    >>> hits(strata, np.zeros(3, dtype=int), np.array([True, False, True])).wrong.tolist()
    [2]
    """
    return replace(strata, wrong=np.bincount(stratum[hit], minlength=strata.population.size))
