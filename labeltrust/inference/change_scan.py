"""Where in a labeler's stream a parameter most likely rose, and how surprising that is.

Every border between two blocks is a conceivable onset; what came before is compared with what came
after, so that the labeler's own level drops out. The largest of the comparisons speaks, charged for
the search: the tail of the maximum of a standardised Brownian bridge, looked at where blocks meet.

Source: James, James and Siegmund (1987), "Tests for a change-point", Biometrika 74, section 2, with
Siegmund (1985), "Sequential Analysis", chapter 10, for the overshoot.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from labeltrust.inference.blocks import Blocks
from labeltrust.inference.contrasts import Contrast, contrast
from labeltrust.inference.crowd_rows import Bool, Float, Int

NO_BORDER = -1
CREDIBLE = 0.95
_OVERSHOOT = 0.583


@dataclass(frozen=True, slots=True, kw_only=True)
class Borders:
    """Every conceivable onset: the blocks that are not a labeler's first; arrays of shape (k,).

    Attributes:
        block: Number of the block that begins there.
        labeler: Whose, ascending.
        rank: How many blocks of the labeler lie before.
        of: Blocks of the labeler in all.
        found: The comparison of before and after.
    """

    block: Int
    labeler: Int
    rank: Int
    of: Int
    found: Contrast


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """The largest rise of every labeler; arrays of shape (n_labelers,).

    Attributes:
        z: The largest standardised rise, NaN without a border.
        p_value: Its tail, charged for the search over borders; NaN without a border.
        block: Number of the block at the likeliest onset, `NO_BORDER` without one.
        earliest: The same for the earliest onset of the 95 % credible set.
    """

    z: Float
    p_value: Float
    block: Int
    earliest: Int


def borders_of(blocks: Blocks, grid: Float) -> Borders:
    """Compare before and after at every border."""
    parts = [_borders(part, low, grid) for low, part in blocks.pieces()]
    if not parts:
        return _borders(blocks, 0, grid)
    z, error = (np.concatenate([getattr(p.found, n) for p in parts]) for n in ("z", "error"))
    block, labeler, rank, of = (
        np.concatenate([getattr(p, n) for p in parts]) for n in ("block", "labeler", "rank", "of")
    )
    found = Contrast(z=z, error=error)
    return Borders(block=block, labeler=labeler, rank=rank, of=of, found=found)


def _borders(blocks: Blocks, low: int, grid: Float) -> Borders:
    labeler = blocks.labeler
    _, first, place = np.unique(labeler, return_index=True, return_inverse=True)
    rank = np.arange(labeler.size) - first[place]
    of = np.bincount(place, minlength=first.size)[place]
    upto = np.cumsum(blocks.curve, axis=0) - blocks.curve
    at = np.flatnonzero(rank > 0)
    before = upto[at] - upto[first][place[at]]
    total = np.add.reduceat(blocks.curve, first, axis=0) if first.size else blocks.curve
    found = contrast(before, total[place[at]] - before, grid)
    return Borders(block=at + low, labeler=labeler[at], rank=rank[at], of=of[at], found=found)


def halfway(borders: Borders, n_labelers: int) -> tuple[Float, Float]:
    """Return each labeler's rise from the first half to the second, and its standard error.

    Both NaN for labelers without a border.
    """
    middle = np.flatnonzero(borders.rank == borders.of // 2)
    size, error = np.full(n_labelers, np.nan), np.full(n_labelers, np.nan)
    size[borders.labeler[middle]] = borders.found.size[middle]
    error[borders.labeler[middle]] = borders.found.error[middle]
    return size, error


def largest_rise(borders: Borders, n_labelers: int, drift: float) -> Rise:
    """Return the largest rise of every labeler, beyond the drift that honest labelers have.

    Args:
        borders: Every conceivable onset.
        n_labelers: Size of the labeler code space.
        drift: Standard deviation of the honest labelers' own drift, on the grid's scale.
    """
    variance = borders.found.error**2
    z = borders.found.z * np.sqrt(variance / (variance + drift**2))
    found = np.full(n_labelers, np.nan), np.full(n_labelers, np.nan)
    best, early = np.full(n_labelers, NO_BORDER), np.full(n_labelers, NO_BORDER)
    if borders.block.size:
        who, first = np.unique(borders.labeler, return_index=True)
        place = np.searchsorted(who, borders.labeler)
        peak = np.maximum.reduceat(z, first)
        at = _first_true(z == peak[place], borders.labeler)
        found[0][who], found[1][who] = peak, tail_of_largest(peak, borders.of[first])
        best[who] = borders.block[at]
        early[who] = np.minimum(_earliest(z, borders, first, place), best[who])
    return Rise(z=found[0], p_value=found[1], block=best, earliest=early)


def tail_of_largest(z: Float, n_blocks: Int) -> Float:
    """Return P(largest standardised rise over the borders of n blocks >= z), at most 1.

    Half of the two-sided tail of the source, with its correction for looking at borders only; the
    chance of passing at the first of them is added.

    >>> tail_of_largest(np.array([4.0, 0.5]), np.array([20, 20])).round(5).tolist()
    [0.00045, 1.0]
    """
    lengths, place = np.unique(n_blocks, return_inverse=True)
    tail = np.ones(z.size)
    for k, n in enumerate(lengths.tolist()):
        here = np.flatnonzero((place == k) & (z > 1))
        tail[here] = _tail(z[here, None], n)
    return tail


def _tail(b: Float, n: int) -> Float:
    t = np.arange(1, n) / n
    spread = n * t * (1 - t)
    # exp(-0.583 x) is Siegmund's approximation of the overshoot nu(x)
    passed = (np.exp(-_OVERSHOOT * b / np.sqrt(spread)) / spread).sum(axis=1)
    p: Float = stats.norm.sf(b[:, 0]) + b[:, 0] * stats.norm.pdf(b[:, 0]) / 2 * passed
    return np.minimum(p, 1.0)


def _earliest(z: Float, borders: Borders, first: Int, place: Int) -> Int:
    """Return the first block of the set that holds the onset with 95 %, by exp(z^2 / 2)."""
    log_weight = np.where(z > 0, z**2 / 2, 0.0)
    peak = np.maximum.reduceat(log_weight, first)
    weight = np.exp(log_weight - peak[place])
    upto = np.cumsum(weight)
    before = upto[first] - weight[first]
    total = np.add.reduceat(weight, first)
    reached = upto - before[place] >= (1 - CREDIBLE) * total[place]
    at = _first_true(reached, borders.labeler)
    return borders.block[at]


def _first_true(where: Bool, labeler: Int) -> Int:
    """Return the first place that is true of each labeler, labelers ascending."""
    at = np.flatnonzero(where)
    return at[np.unique(labeler[at], return_index=True)[1]]
