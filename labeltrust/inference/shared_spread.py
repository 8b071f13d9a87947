"""How far honest labelers differ, learned from many like effects together.

The spread fitted to one effect of a few dozen labelers is uncertain by as much as its size. Where
many effects of one kind are looked at, each estimate is drawn towards their common one, by as much
as it is uncertain (empirical Bayes, Efron and Morris 1973).
"""

from collections.abc import Sequence

import numpy as np

from labeltrust.inference.crowd_rows import Float
from labeltrust.inference.population_null import KEPT_VARIANCE, TRIM, PopulationNull


def shared_spread(effects: Sequence[tuple[Float, Float]], nulls: Sequence[PopulationNull]) -> Float:
    """Return the spread of each effect in the light of all of them, (n_effects,).

    Args:
        effects: Effects and their standard errors, (n_labelers,) each, NaN where undefined.
        nulls: The population fitted to each alone.

    >>> rng = np.random.default_rng(1)
    >>> effects = [(rng.normal(0, 0.5, 40), np.full(40, 0.5)) for _ in range(20)]
    >>> alone = PopulationNull(mean=0.0, spread=0.3, n=40)
    >>> bool((shared_spread(effects, [alone] * 20) < 0.2).all())
    True
    """
    found = [_moment(*effect, null) for effect, null in zip(effects, nulls, strict=True)]
    square, noise = np.array(found).reshape(-1, 2).T
    if square.size == 0:
        return square
    weight = 1 / noise
    common = max(float(np.average(square, weights=weight)), 0.0)
    scatter = float(np.average((square - common) ** 2, weights=weight))
    between = max(scatter - float(np.average(noise, weights=weight)), 0.0)
    drawn = (square * between + common * noise) / (between + noise)
    spread: Float = np.sqrt(np.maximum(drawn, 0.0))
    return spread


def _moment(effect: Float, error: Float, null: PopulationNull) -> tuple[float, float]:
    """Return the squared spread by moments and its variance (DerSimonian and Laird 1986)."""
    known = np.isfinite(effect) & np.isfinite(error)
    x, se = effect[known], error[known]
    bulk = np.abs(x - null.mean) <= TRIM * np.hypot(null.spread, se)
    x, weight = x[bulk], 1 / se[bulk] ** 2
    total, n = float(weight.sum()), x.size
    if n < 2:  # noqa: PLR2004 - one labeler has no spread
        return null.spread**2, 1.0
    off = float((weight * (x - np.average(x, weights=weight)) ** 2).sum())
    scale = total - float((weight**2).sum()) / total
    return (off - (n - 1) * KEPT_VARIANCE) / scale, 2 * (n - 1) / scale**2
