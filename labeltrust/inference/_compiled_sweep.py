"""The expectation step as one loop over labels, compiled: the extra `labeltrust[compiled]`.

It gives what `_label_matrix` gives with sparse products, to rounding, in half the time or less. An
installation without the extra knows nothing of it.
"""

from collections.abc import Callable
from functools import cache

import numpy as np

from labeltrust.inference.crowd_rows import Float, Int

Sweep = Callable[
    [tuple[Int, Int, Float], tuple[Float, Float], Int, Float, tuple[Float, Float]],
    tuple[float, float],
]
_EXCLUDED = -1e300


@cache
def compiled() -> Sweep | None:
    """Return the compiled loop, None without the extra."""
    try:
        from numba import njit  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    loop: Sweep = njit(cache=True)(sweep_block)
    return loop


def sweep_block(  # noqa: C901 - numba compiles one plain loop best
    labels: tuple[Int, Int, Float],
    law: tuple[Float, Float],
    gold: Int,
    posterior: Float,
    sums: tuple[Float, Float],
) -> tuple[float, float]:
    """Fill in the posterior of the items of a block; return entropy and log likelihood.

    Args:
        labels: A compressed sparse matrix of items by cells: where rows begin, cells, weights.
        law: Log confusion by cell and true class, and log prior.
        gold: (n_items,) known class, -1 for none.
        posterior: (n_items, n_classes), is overwritten.
        sums: Expected labels by cell and true class, and items by class; are added to.
    """
    (begins, cells, weights), (log_confusion, log_prior), (table, items) = labels, law, sums
    n_classes = log_prior.size
    scores = np.empty(n_classes)
    entropy = log_likelihood = 0.0
    for item in range(gold.size):
        scores[:] = log_prior
        for at in range(begins[item], begins[item + 1]):
            for true in range(n_classes):
                scores[true] += weights[at] * log_confusion[cells[at], true]
        if gold[item] >= 0:
            for true in range(n_classes):
                if true != gold[item]:
                    scores[true] = _EXCLUDED
        top = scores.max()
        total = 0.0
        for true in range(n_classes):
            posterior[item, true] = np.exp(scores[true] - top)
            total += posterior[item, true]
        log_total = np.log(total)
        entropy += log_total
        log_likelihood += log_total + top
        for true in range(n_classes):
            share = posterior[item, true] / total
            if share > 0.0:
                entropy -= share * (scores[true] - top)
            posterior[item, true] = share
            items[true] += share
        for at in range(begins[item], begins[item + 1]):
            for true in range(n_classes):
                table[cells[at], true] += weights[at] * posterior[item, true]
    return entropy, log_likelihood
