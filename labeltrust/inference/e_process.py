"""Evidence against honesty that may be looked at after every event.

An e-process E_t has expectation at most 1 at any stopping time if the labeler is honest, so the
chance that it ever exceeds 1/alpha is at most alpha (Ville 1939; Ramdas, Grunwald, Vovk, Shafer
2023, "Game-theoretic statistics and safe anytime-valid inference", sections 3 and 5). Here it is a
ratio of two predictive distributions of the same labels:

    above   honest until an onset, drawn beforehand, and from then on drawn from the bad values
    below   drawn from the honest population, for ever

Both are mixtures fixed in advance, so their ratio is a nonnegative martingale under the one below,
in whatever order labels arrive. Because the one below is the *population*, an honest labeler who is
weaker than most is no surprise to it: he is frozen only where the whole population could not have
brought forth his labels.
"""

from dataclasses import dataclass

import numpy as np

from labeltrust.inference.blocks import Blocks
from labeltrust.inference.crowd_rows import Float, Int

_TINY = 1e-300
CREDIBLE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class OnsetEvidence:
    """The e-process of every labeler now, and where a change most likely lies.

    Attributes:
        log_e: (n_labelers,) log e-value; 0 without rows.
        onset_row: (n_labelers,) first row of the most likely onset block; -1 from the start.
        earliest_row: (n_labelers,) first row of the earliest onset in the 95 % credible set: the
            onset with its margin; -1 from the start.
    """

    log_e: Float
    onset_row: Int
    earliest_row: Int


def onset_e_process(blocks: Blocks, honest: Float, bad: Float) -> OnsetEvidence:
    """Compare 'turned bad at some block' with 'honest' for every labeler.

    Args:
        blocks: Log likelihoods by block.
        honest: (n_grid,) the honest population.
        bad: (n_grid,) the alternative, any distribution on the grid.

    >>> curve = np.log(np.array([[0.9, 0.1]] * 2 + [[0.1, 0.9]] * 9))
    >>> zeros = np.zeros(11, dtype=np.int64)
    >>> blocks = Blocks(curve=curve, labeler=zeros, first_row=np.arange(11), n_labelers=1)
    >>> found = onset_e_process(blocks, np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    >>> round(float(found.log_e[0])), int(found.onset_row[0])
    (18, 2)
    """
    n = blocks.n_labelers
    log_e, onset, earliest = np.zeros(n), np.full(n, -1), np.full(n, -1)
    for _, part in blocks.pieces():
        who, first, place = np.unique(part.labeler, return_index=True, return_inverse=True)
        before, after = _before_and_after(part.curve, first, place)
        rank = np.arange(place.size) - first[place]
        above = _log_mean(before, honest) + _log_mean(after, bad) + log_onset_prior(rank)
        below = _log_mean((before + after)[first], honest)
        total = _logsumexp_runs(above, first, place)
        log_e[who] = total - below
        posterior = np.exp(above - total[place])
        onset[who], earliest[who] = _onsets(posterior, first, rank, part.first_row)
    return OnsetEvidence(log_e=log_e, onset_row=onset, earliest_row=earliest)


def log_onset_prior(rank: Int) -> Float:
    """Log prior of an onset at block 0, 1, 2, …: half from the start, the rest 1 / (2 k (k + 1)).

    Sums to one over all blocks that may ever come, so that it never needs to know how many.

    >>> float(np.exp(log_onset_prior(np.arange(100000))).sum()) > 0.9999
    True
    """
    k = np.maximum(rank, 1).astype(np.float64)
    later = np.log(0.5) - np.log(k) - np.log(k + 1)
    log_prior: Float = np.where(rank == 0, np.log(0.5), later)
    return log_prior


def _log_mean(logs: Float, weights: Float) -> Float:
    """Return the log of the weighted mean of likelihoods, (n,) from (n, n_grid)."""
    used = np.flatnonzero(weights > _TINY)
    shifted = logs[:, used]
    shifted += np.log(weights[used])
    peak = shifted.max(axis=1)
    shifted -= peak[:, None]
    mean: Float = peak + np.log(np.exp(shifted, out=shifted).sum(axis=1))
    return mean


def _before_and_after(curve: Float, first: Int, place: Int) -> tuple[Float, Float]:
    """Sum a labeler's curves before each block, and from it on, each (n_blocks, n_grid)."""
    upto = np.cumsum(curve, axis=0)
    base = np.where(first[:, None] > 0, upto[first - 1], 0.0)
    before = upto - curve - base[place]
    total = np.add.reduceat(curve, first, axis=0)
    return before, total[place] - before


def _logsumexp_runs(values: Float, first: Int, place: Int) -> Float:
    peak = np.maximum.reduceat(values, first)
    total: Float = peak + np.log(np.add.reduceat(np.exp(values - peak[place]), first))
    return total


def _onsets(posterior: Float, first: Int, rank: Int, first_row: Int) -> tuple[Int, Int]:
    """Return the most likely and the earliest credible onset row of each labeler."""
    ends = np.append(first[1:], posterior.size)
    best = np.array([a + int(posterior[a:b].argmax()) for a, b in zip(first, ends, strict=True)])
    early = np.array(
        [
            a + int(np.searchsorted(np.cumsum(posterior[a:b]), 1 - CREDIBLE))
            for a, b in zip(first, ends, strict=True)
        ]
    )
    early = np.minimum(early, best)
    return tuple(np.where(rank[at] == 0, -1, first_row[at]) for at in (best, early))  # type: ignore[return-value]  # two arrays
