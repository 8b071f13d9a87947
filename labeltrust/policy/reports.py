"""What a report of a week, a month or a quarter says: its periods, and how long a gate was shut."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Final

import numpy as np
from scipy.stats import quantile_test

from labeltrust.domain.estimates import Estimate, Measured, Undefined

SPANS: Final[Mapping[str, int]] = MappingProxyType({"week": 7, "month": 30, "quarter": 91})
"""Days of each span; a month is thirty, a quarter thirteen weeks."""
FEWEST_TIMES: Final = 6
"""Of fewer, the smallest and the largest do not enclose a median at 95 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From a moment until another, which belongs to it no more."""

    start: datetime
    end: datetime

    def holds(self, at: datetime | None) -> bool:
        """Say whether a moment lies in it; one that never was does not."""
        return at is not None and self.start <= at < self.end


def periods(days: int, now: datetime) -> tuple[Period, Period]:
    """Return the last days, and as many before them.

    >>> this, before = periods(7, datetime(2026, 11, 30))
    >>> before.end == this.start, this.start.day
    (True, 23)
    """
    start = now - timedelta(days=days)
    this = Period(start=start, end=now)
    return this, Period(start=start - timedelta(days=days), end=start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """A gate turned: to open, or to closed for reasons with these codes."""

    at: datetime
    open: bool
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateTime:
    """A gate within a period.

    Attributes:
        known: How much of it was watched: nothing is known before the first turn.
        closed: For how long of that it was closed.
        closings: How often it closed within the period.
        why: For how long it was closed by each reason that was noted when it closed, the longest
            first; several may hold at once.
    """

    known: timedelta
    closed: timedelta
    closings: int
    why: tuple[tuple[str, timedelta], ...]


def gate_time(turns: Sequence[Turned], period: Period) -> GateTime:
    """Return for how long a gate was closed within a period, and why.

    Args:
        turns: Oldest first, with the last one before the period.
        period: The period.

    >>> shut = Turned(at=datetime(2026, 11, 1), open=False, codes=("paused",))
    >>> found = gate_time([shut], Period(start=datetime(2026, 11, 2), end=datetime(2026, 11, 4)))
    >>> found.closed.days, found.closings
    (2, 0)
    """
    known = closed = timedelta()
    why: Counter[str] = Counter()
    ends = [turn.at for turn in turns[1:]] + [period.end]
    for turn, until in zip(turns, ends, strict=False):  # no turn, no end
        lasted = max(min(until, period.end) - max(turn.at, period.start), timedelta())
        known += lasted
        if turn.open or not lasted:
            continue
        closed += lasted
        why.update({code: round(lasted.total_seconds()) for code in set(turn.codes)})
    return GateTime(
        known=known,
        closed=closed,
        closings=_closings(turns, period),
        why=tuple((code, timedelta(seconds=n)) for code, n in why.most_common()),
    )


def _closings(turns: Sequence[Turned], period: Period) -> int:
    first = [turn for turn in turns[:1] if not turn.open]
    later = [now for before, now in pairwise(turns) if before.open and not now.open]
    return sum(period.holds(turn.at) for turn in [*first, *later])


def median_hours(times: Sequence[timedelta], nothing: str) -> Measured:
    """Return the median of some times in hours, with its 95 % interval.

    The interval runs from one of the times to another (Conover, 1999, "Practical Nonparametric
    Statistics", section 3.2), so a few have none and then the median is not said either.

    >>> median_hours([timedelta(hours=2)], "no incident").reason
    'only 1 of at least 6'
    """
    if len(times) < FEWEST_TIMES:
        few = f"only {len(times)} of at least {FEWEST_TIMES}"
        return Undefined(reason=few if times else nothing)
    hours = np.array([one.total_seconds() / 3_600 for one in times])
    inside = quantile_test(hours, q=float(np.median(hours)), p=0.5).confidence_interval(0.95)
    low, high = float(inside.low), float(inside.high)
    return Estimate(value=float(np.median(hours)), low=low, high=high, n=len(times))
