"""When a source is silent, when too much of it cannot be read, and when others use its name.

Both are counted by the hour of the server's own clock: a sender cannot move them by what it claims.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from labeltrust.domain.alerts import Loudness
from labeltrust.metrics.gold_accuracy import wilson

HOUR_US: Final = 3_600_000_000
LOOKED_BACK_HOURS: Final = 24 * 7 * 2 + 2
_WEEK, _DAY = 168, 24
_SHORTEST_US = 600_000_000
_USUAL, _VERY_USUAL = 100.0, 1_000.0
# M4: a ticket above 0.1 % of the events, a page above 1 %, each by the lower bound.
_TICKET_SHARE, _PAGE_SHARE = 0.001, 0.01
_FEWEST_UNREADABLE = 20
_FEWEST_FORGED, _TIMES_USUAL, _USUAL_QUANTILE = 20, 5, 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """What one source sent: accepted and unreadable events by hour since 1970, and the newest."""

    accepted: Mapping[int, int]
    unreadable: Mapping[int, int]
    last_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """How many events were usual in the time that nothing came in."""

    expected: float
    loudness: Loudness


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How many events of this hour and the one before could not be read, out of how many."""

    unreadable: int
    events: int
    loudness: Loudness


def silence(hours: Hours, now_us: int) -> Silence | None:
    """Return how silent a source is, or None where that is usual, or nobody can tell.

    Usual is what came in the same hours one and two weeks before, the lower of both, so that
    nights and weekends are no silence; of a source younger than a week, one and two days before.

    >>> busy = {hour: 600 for hour in range(400)}
    >>> silent = silence(Hours(accepted=busy, unreadable={}, last_us=400 * HOUR_US),
    ...     401 * HOUR_US)
    >>> round(silent.expected), silent.loudness
    (600, 'ticket')
    >>> silence(Hours(accepted={10: 0}, unreadable={}, last_us=0), 401 * HOUR_US) is None
    True
    """
    heard = bool(hours.accepted) and hours.last_us > 0  # others may have used its name alone
    if not heard or now_us - hours.last_us < _SHORTEST_US:
        return None
    first = min(hours.accepted)
    age = now_us // HOUR_US - first
    spans = [s for s in (_WEEK, 2 * _WEEK) if age >= s] or [s for s in (_DAY, 2 * _DAY) if age >= s]
    usual = min((_usual(hours, now_us, span) for span in spans), default=0.0)
    if usual < _USUAL:
        return None
    return Silence(expected=usual, loudness="page" if usual >= _VERY_USUAL else "ticket")


def _usual(hours: Hours, now_us: int, shift: int) -> float:
    """Return what came in the same span so many hours before, parts of hours by their share."""
    start, end = hours.last_us - shift * HOUR_US, now_us - shift * HOUR_US
    total = 0.0
    for hour in range(start // HOUR_US, end // HOUR_US + 1):
        part = min(end, (hour + 1) * HOUR_US) - max(start, hour * HOUR_US)
        total += hours.accepted.get(hour, 0) * part / HOUR_US
    return total


def growth(hours: Hours, now_us: int) -> Growth | None:
    """Return how fast a source's quarantine grows, or None where it does not to speak of.

    >>> grown = growth(Hours(accepted={10: 900}, unreadable={10: 100}, last_us=1), 10 * HOUR_US)
    >>> grown.unreadable, grown.events, grown.loudness
    (100, 1000, 'page')
    """
    lately = (now_us // HOUR_US - 1, now_us // HOUR_US)
    unreadable = sum(hours.unreadable.get(hour, 0) for hour in lately)
    events = unreadable + sum(hours.accepted.get(hour, 0) for hour in lately)
    if unreadable < _FEWEST_UNREADABLE:
        return None
    low = float(wilson(np.array([unreadable]), np.array([events]), "").low[0])
    if low <= _TICKET_SHARE:
        return None
    loud: Loudness = "page" if low > _PAGE_SHARE else "ticket"
    return Growth(unreadable=unreadable, events=events, loudness=loud)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forging:
    """How many deliveries of two hours came without proof, and how many are usual."""

    forged: int
    usual: float


def forging(forged: Mapping[int, int], now_us: int) -> Forging | None:
    """Return how many deliveries came in a source's name without proof, or None where few did.

    Many is at least 20 in this hour and the one before, and more than five times the 99th
    percentile of two hours of the last week: a secret that is rotated on one side alone makes some
    every hour, and whoever probes or has lost a key makes a burst.

    Args:
        forged: Such deliveries by hour since 1970.
        now_us: The present moment, microseconds.

    >>> forging({10: 30}, 10 * HOUR_US)
    Forging(forged=30, usual=0.0)
    >>> forging({hour: 30 for hour in range(200)}, 199 * HOUR_US) is None
    True
    """
    hour = now_us // HOUR_US
    lately = sum(forged.get(h, 0) for h in (hour - 1, hour))
    before = [forged.get(h, 0) + forged.get(h - 1, 0) for h in range(hour - 2 - _WEEK, hour - 1)]
    usual = float(np.quantile(before, _USUAL_QUANTILE))
    if lately < _FEWEST_FORGED or lately <= _TIMES_USUAL * usual:
        return None
    return Forging(forged=lately, usual=usual)
