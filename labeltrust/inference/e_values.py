"""Combine e-values, across signals by the mean and across labelers by e-BH."""

import numpy as np
from scipy.special import logsumexp

from labeltrust.inference.crowd_rows import Bool, Float


def mean_log_e(log_e: Float) -> Float:
    """Return the log of the mean of several e-values of the same labelers; it is one again.

    Signals read the same labels, so their product would count evidence twice; the mean is valid
    under any dependence (Vovk and Wang 2021, "E-values: calibration, combination and
    applications", section 3). An undefined one is left out.

    Args:
        log_e: (n_signals, n_labelers), NaN where undefined.

    Returns:
        (n_labelers,), NaN where none is defined.

    >>> np.exp(mean_log_e(np.log([[4.0], [2.0], [np.nan]]))).round(6).tolist()
    [3.0]
    """
    known = ~np.isnan(log_e)
    n = known.sum(axis=0)
    total = logsumexp(np.where(known, log_e, -np.inf), axis=0)
    return np.where(n > 0, total - np.log(np.maximum(n, 1)), np.nan)


def e_bh(log_e: Float, rate: float) -> Bool:
    """Return whose e-value is rejected by e-BH at a false discovery rate.

    Valid under any dependence between the labelers (Wang and Ramdas 2022, "False discovery rate
    control with e-values", theorem 2). NaN is never rejected, and not counted.

    >>> e_bh(np.log([5000.0, 3.0, np.nan, 1000.0]), 0.001).tolist()
    [True, False, False, False]
    """
    n = int((~np.isnan(log_e)).sum())
    values = np.where(np.isnan(log_e), -np.inf, log_e)
    ranked = np.sort(values)[::-1]
    place = np.arange(1, ranked.size + 1)
    passed = np.flatnonzero(ranked >= np.log(max(n, 1)) - np.log(rate) - np.log(place))
    if not passed.size:
        return np.zeros(log_e.size, dtype=np.bool_)
    rejected: Bool = values >= ranked[passed[-1]]
    return rejected


def p_of_log_e(log_e: Float) -> Float:
    """Return the p-value min(1, 1/e), valid at any time one looks; NaN stays NaN.

    >>> p_of_log_e(np.log([20.0, 0.5])).round(6).tolist()
    [0.05, 1.0]
    """
    return np.exp(-np.maximum(log_e, 0.0))
