"""By how much a share has changed between two times, at an equal mix of what it is made of."""

import numpy as np
from scipy import stats

from labeltrust.domain.estimates import Estimate, Measured, Undefined
from labeltrust.metrics._estimates import CONFIDENCE, Float, Int

NOTHING_ALIKE = "nothing of one kind was there both before and lately"


def share_change(
    before: tuple[Int, Int], lately: tuple[Int, Int], confidence: float = CONFIDENCE
) -> Measured:
    """Return by how many points a share rose, kind by kind, so that another mix is no change.

    Each kind weighs as in Cochran (1954) and Mantel and Haenszel: n m / (n + m). The interval adds
    the Wilson intervals of the shares in squares (MOVER: Zou and Donner 2008, "Construction of
    confidence limits about effect measures", Statistics in Medicine 27), which for one kind is the
    hybrid score interval of Newcombe (1998): it has a width also where both shares are 1.

    Args:
        before: Hits and trials of each kind, (k,) each.
        lately: The same later.
        confidence: Of the interval.

    Returns:
        Points in [-1, 1]; n counts the trials of kinds that were there at both times.

    >>> found = share_change((np.array([56]), np.array([70])), (np.array([48]), np.array([80])))
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4)  # Newcombe's example (a)
    (-0.2, -0.3339, -0.0524)
    """
    both = (before[1] > 0) & (lately[1] > 0)
    if not both.any():
        return Undefined(reason=NOTHING_ALIKE)
    z = float(stats.norm.ppf((1 + confidence) / 2))
    (k, n), (j, m) = ((hits[both], trials[both]) for hits, trials in (before, lately))
    weight = n * m / (n + m)
    weight = weight / weight.sum()
    p, p_low, p_high = _wilson(k, n, z)
    q, q_low, q_high = _wilson(j, m, z)
    value = float((weight * (q - p)).sum())
    down = np.sqrt((weight**2 * ((q - q_low) ** 2 + (p_high - p) ** 2)).sum())
    up = np.sqrt((weight**2 * ((q_high - q) ** 2 + (p - p_low) ** 2)).sum())
    low, high = max(value - float(down), -1.0), min(value + float(up), 1.0)
    return Estimate(value=value, low=low, high=high, n=int(n.sum() + m.sum()))


def _wilson(hits: Int, trials: Int, z: float) -> tuple[Float, Float, Float]:
    """Return shares with the ends of their Wilson intervals."""
    share = hits / trials
    middle = (hits + z**2 / 2) / (trials + z**2)
    half = z * np.sqrt(share * (1 - share) * trials + z**2 / 4) / (trials + z**2)
    return share, np.minimum(middle - half, share), np.maximum(middle + half, share)
