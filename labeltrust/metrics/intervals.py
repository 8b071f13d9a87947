"""Times between one label and the next of the same labeler, within a session of work.

They depend on the order of a labeler's own rows, so they are no sums over items.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeltrust.counts import Judgments

Int = NDArray[np.int64]
Float = NDArray[np.float64]

SESSION_GAP_SECONDS = 1800.0
"""A longer pause ends a session (half an hour, after Catledge and Pitkow 1995: 25.5 minutes)."""
_SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """Times between consecutive moments of one labeler; labels of one moment came together.

    Attributes:
        labeler: (k,) whose, ascending.
        seconds: (k,) their lengths, positive, at most `SESSION_GAP_SECONDS`.
        n: (n_labelers,) intervals of each labeler.
        median_seconds: (n_labelers,) median interval, NaN without any.
        centre_seconds: (n_labelers,) the same with equal intervals spread evenly over the unit in
            which they are told (median of grouped data, Yule 1911): it moves smoothly.
        resolution_seconds: Unit in which the times are told: 1.0, 0.001 or 0.000001.
    """

    labeler: Int
    seconds: Float
    n: Int
    median_seconds: Float
    centre_seconds: Float
    resolution_seconds: float


def intervals(judgments: Judgments) -> Intervals:
    """Return the intervals of every labeler within his sessions.

    >>> from labeltrust.counts import block
    >>> times = [s * 1_000_000 for s in (0, 5, 15, 15, 90_000)]
    >>> b = block(range(5), [0] * 5, [0] * 5, n_labelers=1, values=[0], occurred_us=times)
    >>> found = intervals(b)
    >>> found.seconds.tolist(), found.median_seconds.tolist(), found.resolution_seconds
    ([5.0, 10.0], [7.5], 1.0)
    """
    line, span = _line(judgments)
    passed, who = np.diff(line), line // span
    # the lines of two labelers lie further apart than a session's longest pause
    kept = (passed > 0) & (passed <= SESSION_GAP_SECONDS * _SECOND_US)
    seconds, owner = passed[kept] / _SECOND_US, who[1:][kept]
    n = np.bincount(owner, minlength=judgments.n_labelers)
    median, unit = _medians(owner, seconds, n), _resolution(judgments.occurred_us)
    return Intervals(
        labeler=owner,
        seconds=seconds,
        n=n,
        median_seconds=median,
        centre_seconds=_smoothed(median, owner, seconds, unit),
        resolution_seconds=unit,
    )


def busiest_minute(judgments: Judgments) -> Int:
    """Return the most labels that each labeler gave within one minute, (n_labelers,)."""
    out = np.zeros(judgments.n_labelers, dtype=np.int64)
    if not judgments.n:
        return out
    line, span = _line(judgments)
    within = np.arange(line.size) - np.searchsorted(line, line - 60 * _SECOND_US, side="right") + 1
    np.maximum.at(out, line // span, within)
    return out


def _line(judgments: Judgments) -> tuple[Int, int]:
    """Return all moments on one line, sorted: a labeler's behind another's; and a labeler's span.

    Sorting one column of numbers is several times quicker than sorting rows by two.
    """
    if not judgments.n:
        return judgments.occurred_us, 1
    at = judgments.occurred_us - judgments.occurred_us.min()
    span = int(at.max()) + int(2 * SESSION_GAP_SECONDS) * _SECOND_US
    return np.sort(judgments.labeler * span + at), span


def _medians(owner: Int, seconds: Float, n: Int) -> Float:
    ordered = seconds[np.lexsort((seconds, owner))]
    first = np.cumsum(n) - n
    out = np.full(n.size, np.nan)
    some = np.flatnonzero(n)
    low, high = first[some] + (n[some] - 1) // 2, first[some] + n[some] // 2
    out[some] = (ordered[low] + ordered[high]) / 2
    return out


def _smoothed(median: Float, owner: Int, seconds: Float, unit: float) -> Float:
    """Spread the intervals equal to the median over one unit, and cut them in the middle."""
    size = median.size
    n, below, equal = (
        np.bincount(owner[rows], minlength=size)
        for rows in (seconds > 0, seconds < median[owner], seconds == median[owner])
    )
    place = (n / 2 - below) / np.maximum(equal, 1) - 0.5
    return np.where(equal > 0, median + unit * place, median)


def _resolution(at_us: Int) -> float:
    for unit in (_SECOND_US, 1000):
        if not (at_us % unit).any():
            return unit / _SECOND_US
    return 1 / _SECOND_US
