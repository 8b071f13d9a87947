"""Evidence, at any time one looks, that a labeler turned: an e-process for a rise of his own level.

    above   the honest population until an onset, and from then on that same labeler, risen
    below   the honest population for ever, with the drift that honest labelers have

Both are mixtures fixed beforehand, so their ratio is a martingale under the one below, see
`labeltrust.inference.e_process`. Unlike there, what comes after the onset is compared with the same
labeler before it: an able labeler who turned needs not become worse than the weakest honest one.
"""

from dataclasses import dataclass

import numpy as np

from labeltrust.inference.blocks import Blocks
from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import Float, Int
from labeltrust.inference.e_process import OnsetEvidence
from labeltrust.inference.sequential_test import SequentialTest

FROM_THE_START = -1
CREDIBLE = 0.95
_TINY = 1e-300


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTest(SequentialTest):
    """A sequential test whose `bad` is the distribution of the rise, not of the level.

    Attributes:
        rises: (n_grid, n_grid) chance of each level after the onset (columns) by that before.
        drifts: The same for an honest labeler who drifts.
    """

    rises: Float
    drifts: Float

    def play(self, crowd: FittedCrowd) -> OnsetEvidence:
        """Return the e-process of every labeler of the crowd, without the weight."""
        return self.weigh(self.blocks(crowd))

    def weigh(self, blocks: Blocks) -> OnsetEvidence:
        """Return the same for blocks that are counted already."""
        return change_e_process(blocks, self.honest, self.rises, self.drifts)


def rises(grid: Float, least: float) -> Float:
    """Return the uniform distribution over all levels at least `least` above each, row by row.

    Where the grid ends before that, the last level takes all.

    >>> rises(np.array([0.0, 1.0, 2.0]), 1.0).tolist()
    [[0.0, 0.5, 0.5], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]]
    """
    there = (grid[None] - grid[:, None] >= least - 1e-9).astype(np.float64)
    there[there.sum(axis=1) == 0, -1] = 1.0
    uniform: Float = there / there.sum(axis=1, keepdims=True)
    return uniform


def drifts(grid: Float, spread: float) -> Float:
    """Return a normal of some spread around each level, cut at the ends of the grid.

    >>> drifts(np.array([0.0, 1.0]), 0.0).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    scale = max(spread, 1e-3 * float(grid[1] - grid[0]))
    density = np.exp(-0.5 * ((grid[None] - grid[:, None]) / scale) ** 2)
    normal: Float = density / density.sum(axis=1, keepdims=True)
    return normal


def change_e_process(blocks: Blocks, honest: Float, risen: Float, drifted: Float) -> OnsetEvidence:
    """Compare 'rose at some block' with 'drifted at some block, or never'.

    Args:
        blocks: Log likelihoods by block.
        honest: (n_grid,) the honest population.
        risen: (n_grid, n_grid) see `ChangeTest`.
        drifted: (n_grid, n_grid) see `ChangeTest`.

    >>> curve = np.log(np.array([[0.9, 0.1]] * 9 + [[0.1, 0.9]] * 9))
    >>> zeros, grid = np.zeros(18, dtype=np.int64), np.array([0.0, 1.0])
    >>> blocks = Blocks(curve=curve, labeler=zeros, first_row=np.arange(18), n_labelers=1)
    >>> found = change_e_process(blocks, np.array([0.5, 0.5]), rises(grid, 1.0), drifts(grid, 0.0))
    >>> bool(found.log_e[0] > 10), int(found.onset_row[0])
    (True, 9)
    """
    n = blocks.n_labelers
    log_e, onset = np.zeros(n), np.full(n, FROM_THE_START)
    earliest = onset.copy()
    for _, part in blocks.pieces():
        who, first, place = np.unique(part.labeler, return_index=True, return_inverse=True)
        found = _weighed(part, (first, place), (honest, risen, drifted))
        log_e[who], onset[who], earliest[who] = found
    return OnsetEvidence(log_e=log_e, onset_row=onset, earliest_row=earliest)


def _weighed(
    blocks: Blocks, runs: tuple[Int, Int], laws: tuple[Float, Float, Float]
) -> tuple[Float, Int, Int]:
    """Return log e-value and onsets of labelers whose blocks begin at `runs`."""
    (first, place), (honest, risen, drifted) = runs, laws
    rank = np.arange(place.size) - first[place]
    before = np.cumsum(blocks.curve, axis=0)
    before -= blocks.curve
    before -= before[first][place]
    total = np.add.reduceat(blocks.curve, first, axis=0)
    after = total[place] - before
    rose, drifting = _log_changed(before, after, honest, (risen, drifted)) + _log_prior(rank)
    last = rank[np.append(first[1:], rank.size) - 1]
    same = _log_mean(total, honest)
    below = np.logaddexp(
        same + np.log(0.5 + 0.5 / (last + 1)), np.log(0.5) + _summed(drifting, first, place)
    )
    above = np.logaddexp(_summed(rose, first, place), same - np.log(last + 1))
    return above - below, *_onsets(rose, first, place, blocks.first_row)


def _log_prior(rank: Int) -> Float:
    """Log prior of an onset before block 1, 2, …: 1 / (k (k + 1)); none before the first."""
    k = np.maximum(rank, 1).astype(np.float64)
    return np.where(rank > 0, -np.log(k) - np.log(k + 1), -np.inf)


def _log_changed(before: Float, after: Float, honest: Float, laws: tuple[Float, Float]) -> Float:
    """Return log likelihoods of a level drawn from `honest` that changes by each law, (2, k)."""
    top = before.max(axis=1) + after.max(axis=1)
    one = np.exp(before - before.max(axis=1, keepdims=True)) * honest
    two = np.exp(after - after.max(axis=1, keepdims=True))
    means = np.array([((two @ law.T) * one).sum(axis=1) for law in laws])
    out: Float = top + np.log(means + _TINY)
    return out


def _log_mean(curve: Float, honest: Float) -> Float:
    top = curve.max(axis=1)
    out: Float = top + np.log(np.exp(curve - top[:, None]) @ honest + _TINY)
    return out


def _summed(logs: Float, first: Int, place: Int) -> Float:
    peak = np.maximum.reduceat(logs, first)
    floor = np.where(np.isfinite(peak), peak, 0.0)
    with np.errstate(divide="ignore"):
        out: Float = floor + np.log(np.add.reduceat(np.exp(logs - floor[place]), first))
    return out


def _onsets(rose: Float, first: Int, place: Int, first_row: Int) -> tuple[Int, Int]:
    """Return the rows of the likeliest and of the earliest credible onset of each labeler."""
    peak = np.maximum.reduceat(rose, first)
    known = np.isfinite(peak)
    weight = np.exp(rose - np.where(known, peak, 0.0)[place])
    upto = np.cumsum(weight)
    base = upto[first] - weight[first]
    part = (upto - base[place]) / np.maximum(np.add.reduceat(weight, first), _TINY)[place]
    out = []
    for reached in (weight >= 1.0, part >= 1 - CREDIBLE):
        at = np.full(first.size, FROM_THE_START)
        rows = np.flatnonzero(reached)
        who, where = np.unique(place[rows], return_index=True)
        at[who] = first_row[rows[where]]
        out.append(np.where(known, at, FROM_THE_START))
    return out[0], out[1]
