"""How surprising a count is for a population that differs."""

import numpy as np
from scipy import stats

from labeltrust.inference.crowd_rows import Float


def binomial_tail(hits: Float, n: Float, chance: Float, honest: Float) -> Float:
    """Return P(count >= hits) for a labeler drawn from the honest population.

    The mixture over the grid of binomial tails at the mean chance; a sum of unequal chances spreads
    less than the binomial at their mean (Hoeffding 1956), so the tail errs to the safe side.

    Args:
        hits: (n_labelers,) counts.
        n: (n_labelers,) opportunities.
        chance: (n_labelers, n_grid) mean chance of a hit by parameter.
        honest: (n_grid,) the honest population.

    Returns:
        (n_labelers,) p-values; 1 for n = 0.

    >>> binomial_tail(np.array([3.0]), np.array([3.0]), np.array([[0.5, 0.1]]),
    ...               np.array([1.0, 0.0])).round(4).tolist()
    [0.125]
    """
    tails = stats.binom.sf(hits[:, None] - 1, n[:, None], np.clip(chance, 0.0, 1.0))
    return np.where(n > 0, tails @ honest, 1.0)
