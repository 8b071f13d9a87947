"""What is measured of a ranking, of flags, and of a share over many runs."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from labeltrust.domain.estimates import Estimate, Measured, Undefined

Float = NDArray[np.float64]
Int = NDArray[np.int64]
Bool = NDArray[np.bool_]

LEVEL = 0.95
_FEWEST = 2


def area_under_curve(score: Float, planted: Bool) -> float | None:
    """Return the chance that an attacker ranks above an honest labeler; a tie counts one half.

    Who has no score is the least suspect of all.

    Args:
        score: (n,) larger is more suspect, NaN where a method knows nothing.
        planted: (n,) who attacks.

    Returns:
        A share in [0, 1], or None where nobody attacks or nobody is honest.

    Source: Mann and Whitney (1947).

    >>> area_under_curve(np.array([3.0, 1.0, np.nan, 1.0]), np.array([True, True, False, False]))
    0.875
    """
    bad, good = int(planted.sum()), int((~planted).sum())
    if not bad or not good:
        return None
    known = np.where(np.isnan(score), -np.inf, score)
    ranks = stats.rankdata(known)
    return float((ranks[planted].sum() - bad * (bad + 1) / 2) / (bad * good))


def found_at_cut(score: Float, planted: Bool) -> float | None:
    """Return the share of attackers among as many of the most suspect as there are attackers.

    What a method without an error rate would find if somebody told it how many attack. Ties at the
    cut share its places.

    >>> found_at_cut(np.array([3.0, 1.0, 2.0, 0.0]), np.array([True, True, False, False]))
    0.5
    """
    bad = int(planted.sum())
    if not bad:
        return None
    known = np.where(np.isnan(score), -np.inf, score)
    cut = np.sort(known)[-bad]
    above, level = known > cut, known == cut
    places = bad - int(above.sum())
    sure = int((above & planted).sum())
    return float((sure + places * int((level & planted).sum()) / int(level.sum())) / bad)


def false_discoveries(flagged: Bool, planted: Bool) -> float:
    """Return the share of the flagged who are honest; 0 where nobody is flagged.

    Its mean over runs is the false discovery rate (Benjamini and Hochberg 1995).

    >>> false_discoveries(np.array([True, True, False]), np.array([True, False, False]))
    0.5
    """
    return float((flagged & ~planted).sum() / max(int(flagged.sum()), 1))


def share_of(flagged: Bool, group: Bool) -> float | None:
    """Return the share of a group that is flagged, None where the group is empty.

    >>> share_of(np.array([True, True, False]), np.array([True, False, True]))
    0.5
    """
    return float(flagged[group].mean()) if group.any() else None


def power_of(local: Float, planted: Bool, rate: float = 0.05) -> float | None:
    """Return the share of attackers found by whoever knows each labeler's chance to be honest.

    The largest set whose mean chance of honesty is at most the rate is flagged: no rule with that
    false discovery rate finds more (Sun and Cai 2007).

    Args:
        local: (n,) chance to be honest, given all labels; NaN counts as honest.
        planted: (n,) who attacks.
        rate: False discovery rate.

    >>> power_of(np.array([0.0, 0.09, 0.9]), np.array([True, True, False]))
    1.0
    """
    if not planted.any():
        return None
    order = np.argsort(np.nan_to_num(local, nan=1.0), kind="stable")
    mean = np.cumsum(np.nan_to_num(local, nan=1.0)[order]) / np.arange(1, order.size + 1)
    within = np.flatnonzero(mean <= rate)
    flagged = np.zeros(order.size, dtype=np.bool_)
    flagged[order[: int(within[-1]) + 1 if within.size else 0]] = True
    return share_of(flagged, planted)


def share(k: int, n: int) -> Measured:
    """Return k of n as a share with its exact 95 % interval (Clopper and Pearson 1934).

    >>> found = share(0, 1000)
    >>> round(found.high, 4)
    0.0037
    """
    if n == 0:
        return Undefined(reason="nothing was run")
    tail = (1 - LEVEL) / 2
    low = float(stats.beta.ppf(tail, k, n - k + 1)) if k else 0.0
    high = float(stats.beta.ppf(1 - tail, k + 1, n - k)) if k < n else 1.0
    return Estimate(value=k / n, low=low, high=high, n=n)


def upper_bound(k: int, n: int) -> float:
    """Return the 95 % one-sided upper bound of a share (Clopper and Pearson 1934).

    >>> round(upper_bound(0, 1000), 4)
    0.003
    """
    return float(stats.beta.ppf(LEVEL, k + 1, n - k)) if k < n else 1.0


def mean(values: Sequence[float], bounds: tuple[float, float] = (0.0, 1.0)) -> Measured:
    """Return the mean of independent runs with Student's 95 % interval, cut at the bounds.

    One run says nothing of the spread: its interval is all that is possible.

    Args:
        values: One number a run.
        bounds: Least and largest possible value.

    >>> found = mean([0.5, 1.0, 1.0])
    >>> round(found.value, 2), found.high, found.n
    (0.83, 1.0, 3)
    >>> mean([]).reason
    'nothing was run'
    """
    if not values:
        return Undefined(reason="nothing was run")
    runs = np.asarray(values, dtype=np.float64)
    middle, (least, most) = float(runs.mean()), bounds
    if runs.size < _FEWEST:
        return Estimate(value=middle, low=least, high=most, n=1)
    error = float(runs.std(ddof=1) / np.sqrt(runs.size))
    margin = float(stats.t.ppf(0.5 + LEVEL / 2, runs.size - 1)) * error
    low, high = max(middle - margin, least), min(middle + margin, most)
    return Estimate(value=middle, low=low, high=high, n=runs.size)
