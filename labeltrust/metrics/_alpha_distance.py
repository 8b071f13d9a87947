"""Expected disagreement for distances that do not depend on the frequencies."""

import numpy as np

from labeltrust.counts._similarity import unit_values
from labeltrust.counts._squared import ratio_distance
from labeltrust.metrics._estimates import Float

_AT_ONCE = 1 << 21
"""Distances written out at once: 16 MB."""
_ROUNDING = 1e-13
"""Relative size below which a difference of large sums is rounding, not disagreement."""


def expected(level: str, margin: Float, values: Float) -> Float:
    """Return sum over x, y of n_x n_y delta^2(x, y) for many sets of label frequencies.

    Args:
        level: `nominal`, `interval` or `ratio`.
        margin: (k, n_labels) frequencies.
        values: (n_labels,) numeric position of each label.

    Returns:
        (k,) sums, exactly 0 where all labels are alike.

    >>> expected("nominal", np.array([[3.0, 1.0]]), np.array([0.0, 1.0])).tolist()
    [6.0]
    """
    n = margin.sum(axis=1)
    found = _EXPECTED[level](margin, values)
    return np.where(found > _ROUNDING * n**2, found, 0.0)


def _nominal(margin: Float, values: Float) -> Float:  # noqa: ARG001 - one signature for all levels
    n = margin.sum(axis=1)
    unlike: Float = n**2 - np.einsum("kx,kx->k", margin, margin)
    return unlike


def _interval(margin: Float, values: Float) -> Float:
    unit = unit_values(values)
    total = margin.sum(axis=0)
    place = unit - (total @ unit) / max(float(total.sum()), 1.0)
    unlike: Float = 2 * (margin.sum(axis=1) * (margin @ place**2) - (margin @ place) ** 2)
    return unlike


def _ratio(margin: Float, values: Float) -> Float:
    step = max(1, _AT_ONCE // max(values.size, 1))
    out = np.zeros(margin.shape[0])
    for low in range(0, values.size, step):
        part = ratio_distance(values[:, None], values[None, low : low + step])
        out += np.einsum("kx,kx->k", margin @ part, margin[:, low : low + step])
    return out


_EXPECTED = {"nominal": _nominal, "interval": _interval, "ratio": _ratio}
