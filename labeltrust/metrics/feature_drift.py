"""How far the values of one feature have moved between two samples of items.

Population stability index and Jensen-Shannon distance compare shares of bins, Kolmogorov-Smirnov
the values themselves. Bins follow from both samples together, so that under the null of one
population nothing depends on which item lies in which sample: the p-values are those of a
permutation of the items (in their usual approximations).
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from labeltrust.domain.estimates import Estimate, Measured, Undefined

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]
Shares = tuple[tuple[str, float, float], ...]

MIN_ITEMS: Final = 100
"""Items of each sample below which nothing is said: a PSI of 0.1 would be chance."""
N_BINS: Final = 10
MOST_CATEGORIES: Final = 20
_LEAST_EXPECTED: Final = 10.0
"""Least expected count of a cell: twice Cochran's (1954), since p-values far out are asked for."""
_Z95: Final = 1.959963984540054
_KOLMOGOROV_95: Final = 1.3580986393225507
"""95 % point of the Kolmogorov distribution."""
_LN2: Final = 0.6931471805599453
ABSENT: Final = "absent"
OTHERS: Final = "all others"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How one feature has moved.

    Attributes:
        psi: Population stability index, at least 0, its bias removed: below 0.1 is small, from 0.25
            on large (Siddiqi 2006). 95 % interval; n counts the items of the newer sample.
        jensen_shannon: Jensen-Shannon distance, base 2, in [0, 1] (Endres, Schindelin 2003).
        ks: Largest difference of the distribution functions, in [0, 1]; of numbers alone.
        p_value: Of one population for both samples; None where nothing can be said.
        shares: Bins in words with their share in the newer and the earlier sample.
    """

    psi: Measured
    jensen_shannon: Measured
    ks: Measured
    p_value: float | None
    shares: Shares = ()


def number_drift(now: Float, before: Float) -> Drift:
    """Compare numbers; NaN stands for an item that has none, which is a bin of its own.

    Args:
        now: (n,) values of the newer items.
        before: (m,) values of the earlier ones.

    >>> rng = np.random.default_rng(1)
    >>> moved = number_drift(rng.normal(1, 1, 500), rng.normal(0, 1, 2000))
    >>> moved.psi.low > 0.25 and moved.p_value < 1e-9
    True
    """
    if min(now.size, before.size) < MIN_ITEMS:
        return nothing(_few(now.size, before.size))
    values, older = now[~np.isnan(now)], before[~np.isnan(before)]
    edges = _edges(np.concatenate([values, older]))
    table = np.array([_counts(values, edges, now.size), _counts(older, edges, before.size)])
    words = (*_ranges(edges), ABSENT)
    ks, p_values = _compared(values, older)
    gone = np.array([[values.size, now.size - values.size], [older.size, before.size - older.size]])
    p_values.append(_chi_squared(gone.astype(np.float64)))
    told = [p for p in p_values if p is not None]
    p_value = min(1.0, len(told) * min(told)) if told else None
    return _drift(table, words, ks, p_value)


def category_drift(now: NDArray[np.str_], before: NDArray[np.str_]) -> Drift:
    """Compare categories; rare ones are taken together, by their number in both samples.

    Args:
        now: (n,) words of the newer items.
        before: (m,) words of the earlier ones.

    >>> same = np.array(["SE", "NO"] * 200)
    >>> category_drift(same, same).p_value
    1.0
    """
    if min(now.size, before.size) < MIN_ITEMS:
        return nothing(_few(now.size, before.size))
    words, code = np.unique(np.concatenate([now, before]), return_inverse=True)
    table = np.array(
        [np.bincount(part, minlength=words.size) for part in (code[: now.size], code[now.size :])],
        dtype=np.float64,
    )
    table, shown = _pooled(table, words)
    if len(shown) < 2:  # noqa: PLR2004 - one bin cannot differ
        return nothing("no two categories are common enough to be compared")
    ks = Undefined(reason="categories have no order")
    return _drift(table, shown, ks, _chi_squared(table))


def nothing(reason: str) -> Drift:
    """Return that nothing can be said, and why."""
    none = Undefined(reason=reason)
    return Drift(psi=none, jensen_shannon=none, ks=none, p_value=None)


def _few(n: int, m: int) -> str:
    return f"{n} newer and {m} earlier items; {MIN_ITEMS} of each are needed"


def _edges(values: Float) -> Float:
    """Return the inner edges of at most `N_BINS` bins of about equal size."""
    if not values.size:
        return np.empty(0)
    inner = np.quantile(values, np.arange(1, N_BINS) / N_BINS, method="inverted_cdf")
    edges = np.unique(inner)
    below: Float = edges[edges < values.max()]
    return below


def _counts(values: Float, edges: Float, n: int) -> Float:
    """Return the items of each bin, and last those without a value."""
    binned = np.bincount(np.searchsorted(edges, values, side="left"), minlength=edges.size + 1)
    return np.append(binned, n - values.size).astype(np.float64)


def _ranges(edges: Float) -> tuple[str, ...]:
    if not edges.size:
        return ("any number",)
    inner = [f"{a:.4g} to {b:.4g}" for a, b in pairwise(edges)]
    return (f"up to {edges[0]:.4g}", *inner, f"over {edges[-1]:.4g}")


def _compared(values: Float, older: Float) -> tuple[Measured, list[float | None]]:
    """Compare distribution functions; with ties the test is cautious (Conover 1999)."""
    n, m = values.size, older.size
    if min(n, m) < MIN_ITEMS:
        return Undefined(reason=_few(n, m)), []
    found = stats.ks_2samp(values, older, method="asymp")
    distance = float(found.statistic)
    margin = _KOLMOGOROV_95 * float(np.sqrt(1 / n + 1 / m))
    low, high = max(distance - margin, 0.0), min(distance + margin, 1.0)
    return Estimate(value=distance, low=low, high=high, n=n), [float(found.pvalue)]


def _pooled(table: Float, words: NDArray[np.str_]) -> tuple[Float, tuple[str, ...]]:
    """Take together what is rare in both samples taken as one."""
    total = table.sum(axis=0)
    part = table.sum(axis=1).min() / table.sum()
    order = np.argsort(-total, kind="stable")
    kept = order[:MOST_CATEGORIES]
    kept = kept[total[kept] * part >= _LEAST_EXPECTED]
    rest = np.setdiff1d(order, kept)
    if rest.size and kept.size and total[rest].sum() * part < _LEAST_EXPECTED:
        rest, kept = np.append(rest, kept[-1]), kept[:-1]
    shown = tuple(str(words[k]) for k in kept)
    if not rest.size:
        return table[:, kept], shown
    return np.column_stack([table[:, kept], table[:, rest].sum(axis=1)]), (*shown, OTHERS)


def _chi_squared(table: Float) -> float | None:
    """Return the p-value of one distribution for both rows, None where nothing could differ."""
    told = table[:, table.sum(axis=0) > 0]
    if told.shape[1] < 2 or not told.sum(axis=1).all():  # noqa: PLR2004 - one bin cannot differ
        return None
    expected = stats.contingency.expected_freq(told)
    if told.shape[1] == 2 and expected.min() < _LEAST_EXPECTED:  # noqa: PLR2004 - two by two
        return float(stats.fisher_exact(told.astype(np.int64)).pvalue)
    return float(stats.chi2_contingency(told, correction=False).pvalue)


def _drift(table: Float, words: tuple[str, ...], ks: Measured, p_value: float | None) -> Drift:
    used = table.sum(axis=0) > 0
    table, named = table[:, used], [w for w, kept in zip(words, used, strict=True) if kept]
    n, m = table.sum(axis=1)
    share = table / np.array([[n], [m]])
    return Drift(
        psi=_psi(table),
        jensen_shannon=_jensen_shannon(table),
        ks=ks,
        p_value=p_value,
        shares=tuple((word, float(a), float(b)) for word, a, b in zip(named, *share, strict=True)),
    )


def _psi(table: Float) -> Estimate:
    """Return the index with half an item added to every bin.

    Under the null it is about (1/n + 1/m) times a chi-squared number with one degree less than
    there are bins (Yurdakul 2018), which gives its bias and its least noise; what comes on top
    where the samples differ is the delta method's.
    """
    p, q = _smoothed(table)
    log = np.log(p / q)
    scale, free = _scale(table)
    noise = _delta(p, log + 1 - q / p, table[0]) + _delta(q, log + p / q - 1, table[1])
    value = float(((p - q) * log).sum()) - free * scale
    return _estimate(value, noise + 2 * free * scale**2, table)


def _jensen_shannon(table: Float) -> Estimate:
    p, q = _smoothed(table)
    middle = (p + q) / 2
    one, two = np.log2(p / middle), np.log2(q / middle)
    scale, free = _scale(table)
    scale /= 8 * _LN2
    noise = _delta(p, one / 2, table[0]) + _delta(q, two / 2, table[1])
    value = float((p * one + q * two).sum()) / 2 - free * scale
    found = _estimate(value, noise + 2 * free * scale**2, table)
    value, low, high = (float(np.sqrt(x)) for x in (found.value, found.low, found.high))
    return Estimate(value=value, low=low, high=min(high, 1.0), n=found.n)


def _smoothed(table: Float) -> tuple[Float, Float]:
    added = table + 0.5
    p, q = added / added.sum(axis=1, keepdims=True)
    return p, q


def _scale(table: Float) -> tuple[float, int]:
    n, m = table.sum(axis=1)
    return float(1 / n + 1 / m), table.shape[1] - 1


def _delta(share: Float, slope: Float, counts: Float) -> float:
    """Return the variance of a smooth function of a multinomial's shares, by its slopes."""
    mean = float((share * slope).sum())
    return float((share * (slope - mean) ** 2).sum()) / float(counts.sum())


def _estimate(value: float, variance: float, table: Float) -> Estimate:
    half = _Z95 * float(np.sqrt(variance))
    low, value, high = (max(x, 0.0) for x in (value - half, value, value + half))
    return Estimate(value=value, low=low, high=high, n=int(table[0].sum()))
