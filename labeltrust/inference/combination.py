"""Several p-values of one labeler as one."""

import numpy as np

from labeltrust.inference.crowd_rows import Float

_MOST = 0.9
"""P-values above count as this: a signal that sees nothing at all does not vouch for a labeler."""
_FAR = 1e-12
"""Below, the tangent is 1 / (pi p) to double precision."""


def combined(p_value: Float, weight: Float) -> Float:
    """Combine the p-values of each column by weights, whatever depends on what.

    The weighted mean of Cauchy quantiles has a Cauchy tail under any dependence (Liu and Xie 2020,
    "Cauchy combination test", theorem 1), so one small p-value among k counts about k times itself,
    and several that agree count for more than the smallest alone.

    Args:
        p_value: (k, n) p-values; NaN takes no part.
        weight: (k, n) positive weights, or (k,) for everybody.

    Returns:
        (n,) p-values, NaN where a column has none.

    >>> twice = np.array([[0.001, 0.5, np.nan]] * 2)
    >>> combined(twice, np.ones(2)).round(4).tolist()
    [0.001, 0.5, nan]
    >>> combined(np.array([[1e-6], [0.8]]), np.array([3.0, 1.0])).round(8).tolist()
    [1.33e-06]
    """
    known = np.isfinite(p_value)
    p = np.where(known, np.clip(p_value, 1e-300, _MOST), 0.5)
    share = np.where(known, weight.reshape(p.shape[0], -1), 0.0)
    total = share.sum(axis=0)
    quantile = np.where(p < _FAR, 1 / (np.pi * p), np.tan((0.5 - p) * np.pi))
    mean = (share * quantile).sum(axis=0) / np.maximum(total, 1e-12)
    far = mean > 1 / (np.pi * _FAR)
    whole = np.where(far, 1 / (np.pi * np.maximum(mean, 1.0)), 0.5 - np.arctan(mean) / np.pi)
    return np.where(total > 0, whole, np.nan)
