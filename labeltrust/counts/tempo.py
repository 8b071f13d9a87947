"""How long each labeler takes, against the others of the same items."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from labeltrust.counts._base import Counter, Float, Int, Judgments, summed
from labeltrust.counts._tally import runs

HASTE = 4.0
"""A label is hasty if it took less than the others' time divided by this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """Sums over each labeler's timed labels on items that others timed too; shape (n_labelers,).

    The time of the others is their geometric mean on the item: an item that takes long takes long
    for everybody, so its length cancels.

    Attributes:
        n: Labels compared.
        log_ratio: Sum of the log of own over others' time; negative where he is quicker.
        squares: Sum of its squares.
        hasty: Labels in less than the others' time over `HASTE`.
        timed: Labels with a known duration, compared or not.
    """

    n: Int
    log_ratio: Float
    squares: Float
    hasty: Int
    timed: Int

    def __add__(self, other: Self) -> "Tempo":
        """Add the counts of another block."""
        return Tempo(
            n=self.n + other.n,
            log_ratio=self.log_ratio + other.log_ratio,
            squares=self.squares + other.squares,
            hasty=self.hasty + other.hasty,
            timed=self.timed + other.timed,
        )


def count(judgments: Judgments) -> Tempo:
    """Compare durations within the item, each labeler with the others.

    Durations that are unknown, zero or negative do not count.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 1], [0, 1, 2], [0, 0, 0], n_labelers=3, values=[0],
    ...           duration_seconds=[1.0, 8.0, 8.0])
    >>> tempo = count(b)
    >>> tempo.hasty.tolist(), tempo.log_ratio.round(2).tolist()
    ([1, 0, 0], [-2.08, 1.04, 1.04])
    """
    seconds = judgments.duration_seconds
    rows = np.flatnonzero(np.isfinite(seconds) & (seconds > 0))
    item, labeler, size = judgments.item[rows], judgments.labeler[rows], judgments.n_labelers
    log_time = np.log(seconds[rows])
    _, own = runs(item * max(size, 1) + labeler)
    total, n_total = summed(item, log_time, judgments.n_items), np.bincount(item)
    mine, n_mine = np.bincount(own, log_time), np.bincount(own)
    others = n_total[item] - n_mine[own] if rows.size else item
    shared = others > 0
    rest = (total[item] - mine[own])[shared] / others[shared]
    ratio, who = log_time[shared] - rest, labeler[shared]
    return Tempo(
        n=np.bincount(who, minlength=size),
        log_ratio=summed(who, ratio, size),
        squares=summed(who, ratio**2, size),
        hasty=np.bincount(who[ratio < -np.log(HASTE)], minlength=size),
        timed=np.bincount(labeler, minlength=size),
    )


COUNTER = Counter(name="tempo", counts=Tempo, count=count)
