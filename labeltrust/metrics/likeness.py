"""Agreement and gold accuracy of labels with parts, which are alike in degrees.

Alpha is Krippendorff's with the distance 1 - s (Krippendorff 2019, "Content Analysis", 4th edition,
section 12.3: any distance will do). Observed disagreement is exact. The expected one is the mean
distance of any two judgments of the project: of all pairs in a small one, of a random sample in a
large one, whose error is part of the interval.
"""

import numpy as np

from labeltrust.counts._cells import Cells
from labeltrust.counts._likeness import Chance
from labeltrust.counts._split import N_GROUPS
from labeltrust.counts.likeness import Alike
from labeltrust.domain.estimates import Measured
from labeltrust.metrics._alpha_sums import Sums
from labeltrust.metrics._estimates import Estimates, Float, Int, divided, estimates, unseen_share
from labeltrust.metrics._jackknife import margins
from labeltrust.metrics.gold_accuracy import NO_GOLD_ITEMS, wilson
from labeltrust.metrics.krippendorff_alpha import Alphas, alphas_of

NONE_PAIRED = "no item has two labelers"
_ROUNDING = 1e-9


def mean_similarity(counts: Alike) -> Measured:
    """Return the mean similarity of two labelers of a random item.

    Returns:
        A number in [0, 1]; n counts items with at least two labelers.

    >>> from labeltrust.counts import block, likeness
    >>> from labeltrust.counts._meetings import with_likeness
    >>> b = block([1, 1], [0, 1], [0, 1], n_labelers=2, values=[0, 1], level="set")
    >>> b = with_likeness(b, ['["a"]', '["a","b"]'], np.random.default_rng(1))
    >>> mean_similarity(likeness.count(b)).value
    0.5
    """
    items, alike = (_left_out(counts.items.dense(k)[None, :]) for k in (0, 1))
    value = np.divide(alike, items, out=np.full(items.shape, np.nan), where=items > 0)
    share, n = value[:, 0], items[:, 0]
    margin = margins(value, items)
    margin = np.where(margin > _ROUNDING, margin, unseen_share(n))
    low, high = np.maximum(share - margin, 0.0), np.minimum(share + margin, 1.0)
    return estimates(share, low, high, n, (NONE_PAIRED, n == 0))[0]


def gold_likeness(counts: Alike) -> Estimates:
    """Return each labeler's mean similarity to gold.

    The interval is Wilson's: numbers in [0, 1] vary at most as much as hits and misses of the same
    mean, so it is never too short, and it is the usual one where all are hits or misses.

    Returns:
        (n_labelers,) numbers in [0, 1]; n counts judgments on gold items.
    """
    return wilson(counts.gold.dense(1), counts.gold.dense(0), NO_GOLD_ITEMS)


def likeness_alpha(counts: Alike, chance: Chance) -> Alphas:
    """Return alpha of the project and without each labeler, with the distance 1 - similarity.

    Args:
        counts: Likeness of a whole project.
        chance: Pairs of any two judgments, see `counts._meetings.with_likeness`.

    >>> from labeltrust.counts import block, likeness
    >>> from labeltrust.counts._meetings import with_likeness
    >>> b = block([1, 1, 2, 2], [0, 1] * 2, [0, 0, 1, 2], n_labelers=2, values=range(3),
    ...           level="set")
    >>> b = with_likeness(b, ['["a"]', '["b"]', '["b","c"]'], np.random.default_rng(1))
    >>> round(likeness_alpha(likeness.count(b), b.likeness.chance).project.value, 4)
    0.6667
    """
    items, observed, n = (
        _everybody(counts.items, counts.change, *which) for which in ((0, 0), (2, 1), (3, 2))
    )
    found = Sums(
        observed=observed,
        expected=_mean_distance(chance, counts.change.shape[0]) * n * np.maximum(n - 1, 0),
        n=n,
        items=items,
        widest=np.ones_like(n),
        labels=np.zeros(n.shape[0], dtype=np.int64),
    )
    return alphas_of(found, counts.change.over(0).dense(3))


def _everybody(whole: Cells, change: Cells, which: int, lost: int) -> Float:
    """Return sums without each labeler and with everybody, then without each group of items."""
    total = whole.dense(which)
    return _left_out(np.vstack([total - change.dense(lost), total]))


def _left_out(by_group: Float) -> Float:
    total = by_group.sum(axis=1, keepdims=True)
    return np.hstack([total, total - by_group])


def _mean_distance(chance: Chance, n_labelers: int) -> Float:
    """Return the mean distance of pairs without a labeler and without a group of items.

    Returns:
        (n_labelers + 1, 1 + N_GROUPS); 0 where no pair is left.
    """
    columns = chance.weight, chance.weight * chance.distance
    weight, distance = (_without(chance, column, n_labelers) for column in columns)
    return np.maximum(divided(distance, np.where(weight > _ROUNDING, weight, 0.0)), 0.0)


def _without(chance: Chance, column: Float, n_labelers: int) -> Float:
    """Sum over pairs that touch neither the labeler of the row nor the group of the column."""
    total = float(column.sum())
    pairs = np.hstack([chance.labeler * N_GROUPS + chance.group[:, [k]] for k in (0, 1)])
    out = np.full((n_labelers + 1, N_GROUPS + 1), total)
    out[:-1] -= _touching(chance.labeler, column, n_labelers)[:, None]
    out[:, 1:] -= _touching(chance.group, column, N_GROUPS)
    out[:-1, 1:] += _touching(pairs, column, n_labelers * N_GROUPS).reshape(-1, N_GROUPS)
    return out


def _touching(ends: Int, column: Float, size: int) -> Float:
    """Sum a column over the pairs that touch each cell, a pair with several ends in it once."""
    ends = np.sort(ends, axis=1)
    first = np.ones(ends.shape, dtype=np.bool_)
    first[:, 1:] = ends[:, 1:] != ends[:, :-1]
    weight = np.where(first, column[:, None], 0.0)
    return np.bincount(ends.ravel(), weight.ravel(), minlength=size).astype(np.float64)
