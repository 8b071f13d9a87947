"""An e-process for 'right at least p0 of the time', in closed form.

For H0: p >= p0 and q right of n, the mixture of likelihood ratios over p < p0, with a uniform prior
cut at p0, is

    E = B(p0; q + 1, n - q + 1) / (p0 * p0^q (1 - p0)^(n - q)),   B the incomplete beta function.

It is an e-process at p0 (a mixture of martingales), and for larger p as well since the ratio falls
with every right answer (Ramdas et al. 2023, section 3; Robbins 1970 for the mixture).
"""

import numpy as np
from scipy.special import betainc, betaln

from labeltrust.inference.crowd_rows import Float


def binomial_mixture(right: Float, n: Float, floor: float) -> Float:
    """Return the log e-value against 'accuracy is at least the floor'.

    Args:
        right: Right answers, any shape.
        n: Answers, same shape.
        floor: p0 in (0, 1).

    Returns:
        Log e-values of the same shape; 0 for n = 0.

    >>> bool(binomial_mixture(np.array(2.0), np.array(30.0), 0.6) > np.log(1000))
    True
    >>> float(binomial_mixture(np.array(0.0), np.array(0.0), 0.6))
    0.0
    """
    wrong = n - right
    inside = np.maximum(betainc(right + 1, wrong + 1, floor), 1e-300)
    log_mixture = np.log(inside) + betaln(right + 1, wrong + 1) - np.log(floor)
    log_e: Float = log_mixture - right * np.log(floor) - wrong * np.log1p(-floor)
    return np.where(n > 0, log_e, 0.0)
