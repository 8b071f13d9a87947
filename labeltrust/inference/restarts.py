"""The binomial e-process for labelers who turned: started again at every few answers."""

import numpy as np

from labeltrust.inference.binomial_mixture import binomial_mixture
from labeltrust.inference.blocks import block_starts
from labeltrust.inference.crowd_rows import Float, Int
from labeltrust.inference.e_process import log_onset_prior

NOWHERE = -1


def restarted_binomial(
    labeler: Int, right: Float, floor: float, *, n_labelers: int, block: int
) -> tuple[Float, Int]:
    """Mix the e-values that start at each block of answers, weighted by the onset prior.

    Each of them is an e-process that is 1 until its start, so their mixture is one; the starts yet
    to come are left out, which only makes it smaller.

    Args:
        labeler: (k,) labeler codes, ascending, each labeler's answers in received order.
        right: (k,) 1 where right, 0 where wrong.
        floor: Accuracy that an honest labeler has at least, in (0, 1).
        n_labelers: Size of the labeler code space.
        block: Answers between two starts.

    Returns:
        Log e-value of each labeler, 0 without answers; and the answer (a place in `labeler`) at the
        start that carries most of it, `NOWHERE` where that is the first.

    >>> right = np.array([1.0] * 20 + [0.0] * 20)
    >>> log_e, start = restarted_binomial(np.zeros(40, dtype=int), right, 0.6, n_labelers=1,
    ...                                   block=4)
    >>> round(float(log_e[0])), int(start[0])
    (12, 20)
    """
    log_e, start = np.zeros(n_labelers), np.full(n_labelers, NOWHERE, dtype=np.int64)
    first = block_starts(labeler, block)
    if not first.size:
        return log_e, start
    begin, end = (np.searchsorted(labeler, labeler[first], side=s) for s in ("left", "right"))
    upto = np.append(0.0, np.cumsum(right))
    rank = (first - begin) // block
    parts = binomial_mixture(upto[end] - upto[first], (end - first).astype(np.float64), floor)
    parts = parts + log_onset_prior(rank)
    who, run = np.unique(labeler[first], return_index=True)
    place = np.searchsorted(who, labeler[first])
    peak = np.maximum.reduceat(parts, run)
    log_e[who] = peak + np.log(np.add.reduceat(np.exp(parts - peak[place]), run))
    best = np.flatnonzero(parts == peak[place])[::-1]
    start[labeler[first[best]]] = np.where(rank[best] == 0, NOWHERE, first[best])
    return log_e, start
