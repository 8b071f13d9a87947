"""The typical labeler of each period: what changes for everybody is nobody's change.

A new guideline, a harder batch or a new interface moves the whole crowd at one day. Compared with
the typical labeler of the whole history everybody would seem to have turned; compared with that of
the same days nobody does.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_model import belief
from labeltrust.inference.crowd_rows import CrowdRows, Float, Int, summed

MOST_PERIODS = 24
LABELS_A_PERIOD = 1000
"""Fewer labels leave the confusion of a period to chance."""
PRIOR_LABELS = 100.0
"""Labels per true class that the typical labeler of all periods is worth in each of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """Periods of about as many labels each, with the typical labeler of each.

    Attributes:
        starts: (n_periods,) first moment of each in microseconds; the first is open to the left.
        clock: `received`, or `occurred` where most of the history came at once.
        typical: (n_periods, n_classes, n_classes) P(label | true class).
    """

    starts: Int
    clock: str
    typical: Float

    def of_rows(self, rows: CrowdRows) -> NDArray[np.uint8]:
        """Return the period of each row, (n,); it is kept beside a crowd, so it is small."""
        found = np.searchsorted(self.starts[1:], times(rows, self.clock), side="right")
        return found.astype(np.uint8)


def times(rows: CrowdRows, clock: str) -> Int:
    """Return the times of all rows on a clock, microseconds, (n,)."""
    return rows.occurred_us if clock == "occurred" else rows.received_us


def clock_of(rows: CrowdRows) -> str:
    """Return the clock that can tell a history's days apart.

    Received time is our own and preferred; but where most of the history came in one import the
    claimed times must do.

    >>> from labeltrust.counts import block
    >>> from labeltrust.inference.crowd_rows import crowd_rows
    >>> b = block([1, 2], [0, 0], [0, 0], n_labelers=1, values=[0], occurred_us=[3, 9])
    >>> clock_of(crowd_rows(b))
    'occurred'
    """
    if not rows.n:
        return "received"
    received, occurred = np.ptp(rows.received_us), np.ptp(rows.occurred_us)
    return "received" if 2 * received >= occurred else "occurred"


def fit_periods(crowd: FittedCrowd) -> Periods:
    """Fit the typical labeler of each period, shrunk to that of the whole history.

    As in the crowd model nobody counts for more than the median labeler.
    """
    rows, n_classes = crowd.rows, crowd.rows.n_classes
    clock = clock_of(rows)
    n_periods = int(np.clip(rows.n // LABELS_A_PERIOD, 1, MOST_PERIODS))
    found = times(rows, clock)
    cuts = np.quantile(found, np.arange(n_periods) / n_periods) if rows.n else np.zeros(1)
    starts = np.unique(cuts.astype(np.int64))
    bare = Periods(starts=starts, clock=clock, typical=np.zeros((0, 0, 0)))
    cell = bare.of_rows(rows).astype(np.int64) * n_classes + rows.label
    voice, truth = _voice(crowd)[rows.labeler], belief(crowd.model, rows)
    size = starts.size * n_classes
    counts = [summed(cell, voice * truth[rows.item, t], size) for t in range(n_classes)]
    table = np.array(counts).reshape(n_classes, starts.size, n_classes).transpose(1, 0, 2)
    table = table + PRIOR_LABELS * crowd.model.typical
    typical = table / table.sum(axis=2, keepdims=True)
    return Periods(starts=starts, clock=clock, typical=typical)


def _voice(crowd: FittedCrowd) -> Float:
    n = crowd.rows.activity
    busy = n[crowd.model.reference & (n > 0)]
    cap = float(np.median(busy)) if busy.size else 1.0
    return np.where(crowd.model.reference, np.minimum(1.0, cap / np.maximum(n, 1)), 0.0)
