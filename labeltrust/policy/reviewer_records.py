"""Reviewers are labelers too: how they agree with each other and with gold, and since when less.

A reviewer's lasting agreement is compared with what it was before, at an equal mix of disputed and
other items: whoever got the harder audits lately has not changed.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TypeVar

import numpy as np

from labeltrust.domain.audits import KINDS
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.estimates import Estimate, Measured, Undefined
from labeltrust.metrics.gold_accuracy import wilson
from labeltrust.metrics.share_change import share_change
from labeltrust.policy.population import Int

WINDOWS = 6
LEAST_DAYS, MOST_DAYS = 1, 366
FALSE_ALARMS = 0.05
"""Probability that a list of reviewers names any change where nobody has changed."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """An answer of a reviewer beside another one on the same item.

    Attributes:
        at: When the reviewer answered.
        kind: What labelers said of the item, one of `KINDS`.
        same: Whether the two answers are alike.
    """

    at: datetime
    kind: str
    same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewWindow:
    """Agreement in one window of time `[start, end)`; n counts items."""

    start: datetime
    end: datetime
    agreement: Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a reviewer's agreement went.

    Attributes:
        windows: Oldest first.
        lately: In the last window.
        before: In all windows before that together.
        change: Points by which it rose, at an equal mix of items; n counts items of both.
        changed: Whether that is beyond chance, with all who are looked at.
    """

    windows: tuple[ReviewWindow, ...]
    lately: Measured
    before: Measured
    change: Measured
    changed: bool


def spans_until(end: datetime, days: int) -> tuple[tuple[datetime, datetime], ...]:
    """Return the windows until a moment, oldest first.

    Raises:
        InvalidInput: A window is no number of days from 1 to 366.

    >>> from datetime import UTC
    >>> [start.day for start, _ in spans_until(datetime(2026, 5, 31, tzinfo=UTC), 1)]
    [25, 26, 27, 28, 29, 30]
    """
    if not LEAST_DAYS <= days <= MOST_DAYS:
        detail = f"a window is of {days} days, must be {LEAST_DAYS} to {MOST_DAYS}"
        raise InvalidInput(detail, place="days")
    edges = [end - timedelta(days=days * k) for k in range(WINDOWS, -1, -1)]
    return tuple(pairwise(edges))


def courses(
    said: Mapping[Key, Sequence[Comparison]],
    spans: Sequence[tuple[datetime, datetime]],
    nothing: str,
) -> dict[Key, Course]:
    """Return the course of each of some reviewers.

    Args:
        said: Comparisons, by reviewer or whatever else tells courses apart.
        spans: Windows, oldest first.
        nothing: What is missing where there is no comparison, such as `no item with gold`.
    """
    tables = {key: _table(found, spans) for key, found in said.items()}
    n_looks = sum(bool(table[1][-1].any() and table[1][:-1].any()) for table in tables.values())
    sure = 1 - FALSE_ALARMS / max(n_looks, 1)
    return {key: _course(table, spans, nothing, sure) for key, table in tables.items()}


def _table(
    found: Sequence[Comparison], spans: Sequence[tuple[datetime, datetime]]
) -> tuple[Int, Int]:
    """Count answers alike, and all: (n_windows, n_kinds) each."""
    same = np.zeros((len(spans), len(KINDS)), dtype=np.int64)
    every = same.copy()
    for one in found:
        for place, (start, end) in enumerate(spans):
            if start <= one.at < end:
                every[place, KINDS.index(one.kind)] += 1
                same[place, KINDS.index(one.kind)] += one.same
    return same, every


def _course(
    table: tuple[Int, Int],
    spans: Sequence[tuple[datetime, datetime]],
    nothing: str,
    sure: float,
) -> Course:
    same, every = table
    windows = wilson(same.sum(axis=1), every.sum(axis=1), f"{nothing} in this window")
    before = wilson(same[:-1].sum()[None], every[:-1].sum()[None], f"{nothing} before")[0]
    lately = wilson(same[-1].sum()[None], every[-1].sum()[None], f"{nothing} lately")[0]
    change, strict = (_change(table, before, lately, level) for level in (None, sure))
    return Course(
        windows=tuple(
            ReviewWindow(start=start, end=end, agreement=windows[k])
            for k, (start, end) in enumerate(spans)
        ),
        lately=lately,
        before=before,
        change=change,
        changed=isinstance(strict, Estimate) and (strict.high < 0 or strict.low > 0),
    )


def _change(
    table: tuple[Int, Int], before: Measured, lately: Measured, level: float | None
) -> Measured:
    for side in (lately, before):
        if isinstance(side, Undefined):
            return side
    then, now = ((table[0][part].sum(axis=0), table[1][part].sum(axis=0)) for part in _PARTS)
    return share_change(then, now) if level is None else share_change(then, now, level)


_PARTS = (slice(None, -1), slice(-1, None))
