"""What a labeler's labels are compared with: the same items, or else what others say at the time.

Where items carry several labels, the others of the same items say what was to be expected, and the
item mix cancels. Where items carry one label each there is only the calendar: what everybody else
says that day; if too few do, what everybody else says on that weekday, so that a Sunday is compared
with Sundays; or else what everybody else says at any time.
"""

from dataclasses import dataclass

import numpy as np

from labeltrust.counts._cells import Cells, cells
from labeltrust.counts.label_mix import LabelMix
from labeltrust.inference.crowd_rows import Bool, Float, Int, summed

ITEMS, DAY, WEEKDAY, ANY_WEEKDAY = "same items", "same day", "same weekday", "all days"
LEAST_OTHERS = 30
"""Labels of others that make a day, or a weekday, a baseline."""
MOST_CLASSES = 64
"""Of more classes a day says too little."""
_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Labels by labeler, day and class, and what was to be expected of them.

    Attributes:
        compared: (N_DAYS, n_labelers, n_classes) own labels.
        expected: Same shape: what the baseline gives.
        variance: (n_labelers, n_classes) variance of their difference over all days.
        said: (n_labelers,) which baseline carried most of it, in words.
    """

    compared: Cells
    expected: Cells
    variance: Float
    said: tuple[str, ...]

    def dense(self, which: str) -> Float:
        """Return `compared` or `expected` over all days, (n_labelers, n_classes)."""
        table: Float = getattr(self, which).over(1, 2).dense()
        return table


def same_items(mix: LabelMix) -> Baseline:
    """Return the baseline of the same items: the variance is exact if exchangeable."""
    labeler, one, other = mix.covariance.index
    same = one == other
    variance = np.zeros(mix.covariance.shape[:2])
    variance[labeler[same], one[same]] = mix.covariance.sums[0][same]
    n_labelers = mix.covariance.shape[0]
    return Baseline(
        compared=mix.compared,
        expected=mix.expected,
        variance=variance,
        said=(ITEMS,) * n_labelers,
    )


def same_time(mix: LabelMix, who: Bool) -> Baseline:
    """Return the baseline of the calendar, for some labelers; everybody else's cells are empty.

    >>> from labeltrust.counts import block, label_mix
    >>> b = block(range(80), [0, 1] * 40, [0, 0] * 40, n_labelers=2, values=[0, 1])
    >>> found = same_time(label_mix.count(b), np.array([True, False]))
    >>> found.dense("expected").tolist(), found.said[0]
    ([[40.0, 0.0], [0.0, 0.0]], 'same day')
    """
    day, labeler, label = mix.observed.index
    shape, votes = mix.observed.shape, mix.observed.sums[0]
    if shape[2] > MOST_CLASSES:
        who = np.zeros_like(who)
    kept = np.flatnonzero(who[labeler])
    pair, place = np.unique(day[kept] * shape[1] + labeler[kept], return_inverse=True)
    own = _table(place, label[kept], votes[kept], (pair.size, shape[2]))
    which, share, others = _shares(mix, (pair // shape[1], pair % shape[1]), own)
    n = own.sum(axis=1, keepdims=True)
    noise = share * (1 - share) * n * (1 + n / np.maximum(others[:, None], 1.0))
    at, code = np.nonzero(share > 0)
    variance = np.zeros(shape[1:])
    np.add.at(variance, pair % shape[1], noise)
    index = (pair[at] // shape[1], pair[at] % shape[1], code)
    return Baseline(
        compared=cells(shape, (day[kept], labeler[kept], label[kept]), votes[kept]),
        expected=cells(shape, index, (n * share)[at, code]),
        variance=variance,
        said=_words(which, n[:, 0], pair % shape[1], shape[1]),
    )


def _shares(mix: LabelMix, pair: tuple[Int, Int], own: Float) -> tuple[Int, Float, Float]:
    """Return for each day of a labeler which baseline it has, its label shares, and their n.

    Args:
        mix: The project's labels.
        pair: Day and labeler of each row of `own`.
        own: (k, n_classes) the labeler's own labels of that day, left out of the baseline.
    """
    day, labeler = pair
    project_day, code = mix.project.over(0, 2).index
    votes, n_classes = mix.project.over(0, 2).sums[0], own.shape[1]
    found = []
    for key, own_key in ((project_day, day), (project_day % _WEEK, day % _WEEK), (None, None)):
        everybody, mine = (
            (np.zeros(d.size, dtype=np.int64) if k is None else k)
            for k, d in ((key, project_day), (own_key, day))
        )
        names, at = np.unique(everybody, return_inverse=True)
        whole = _table(at, code, votes, (max(names.size, 1), n_classes))
        person, slot = np.unique(labeler * (1 << 20) + mine, return_inverse=True)
        own_whole = np.zeros((person.size, n_classes))
        np.add.at(own_whole, slot, own)
        place = np.minimum(np.searchsorted(names, mine), max(names.size, 1) - 1)
        found.append(np.maximum(whole[place] - own_whole[slot], 0.0))
    stacked = np.array(found)
    totals = stacked.sum(axis=2)
    enough = totals >= LEAST_OTHERS
    which = np.where(enough.any(axis=0), enough.argmax(axis=0), len(found) - 1)
    row = np.arange(day.size)
    others = totals[which, row]
    return which, stacked[which, row] / np.maximum(others[:, None], 1e-9), others


def _table(row: Int, column: Int, weight: Float, shape: tuple[int, int]) -> Float:
    return summed(row * shape[1] + column, weight, shape[0] * shape[1]).reshape(shape)


def _words(which: Int, n: Float, labeler: Int, n_labelers: int) -> tuple[str, ...]:
    """Return the baseline that carried most labels of each labeler."""
    words = (DAY, WEEKDAY, ANY_WEEKDAY)
    carried = _table(labeler, which, n, (n_labelers, len(words)))
    return tuple(words[k] for k in carried.argmax(axis=1).tolist())
