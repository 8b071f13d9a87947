"""What each source sent, hour by hour: written with the events, read by the page of sources."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session

from labeltrust.domain.clock import microseconds, moment
from labeltrust.domain.events import Outcome
from labeltrust.store.statements import Row, Statements

_HOUR_US: Final = 3_600_000_000
_ADD: Final = (
    "INSERT INTO source_tally (source_id, hour, accepted, duplicates, quarantined, last_us) "
    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (source_id, hour) DO UPDATE SET "
    "accepted = source_tally.accepted + excluded.accepted, "
    "duplicates = source_tally.duplicates + excluded.duplicates, "
    "quarantined = source_tally.quarantined + excluded.quarantined, "
    "last_us = CASE WHEN excluded.last_us > source_tally.last_us THEN excluded.last_us "
    "ELSE source_tally.last_us END"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One delivery as the tally sees it; `again` is one that was read again from quarantine."""

    source_id: int
    received_at: datetime
    outcome: Outcome
    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Events of a source within a window: new ones, repeats, and those that could not be read."""

    accepted: int = 0
    duplicates: int = 0
    quarantined: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What a source sent lately; `last_at` is None where nothing was counted yet."""

    day: Tally = Tally()
    week: Tally = Tally()
    last_at: datetime | None = None


def add_tallies(statements: Statements, sent: Iterable[Sent]) -> None:
    """Count deliveries, in the transaction that stores them.

    A delivery read again adds what was accepted to the hour in which it came; what failed then was
    counted then.
    """
    sums: dict[tuple[int, int], list[int]] = {}
    for one in sent:
        at = microseconds(one.received_at)
        cell = sums.setdefault((one.source_id, at // _HOUR_US), [0, 0, 0, 0])
        cell[0] += one.outcome.accepted
        cell[1] += 0 if one.again else one.outcome.duplicates
        cell[2] += 0 if one.again else one.outcome.quarantined
        cell[3] = max(cell[3], at)
    # In one order, so that two processes never wait for each other.
    rows: list[Row] = [(*key, *sums[key]) for key in sorted(sums)]
    statements.executemany(_ADD, rows)


def activities(session: Session, now: datetime) -> dict[int, Activity]:
    """Return what every source sent in the last day and week, by its row id.

    Two queries for any number of sources; windows are whole hours, the present one included.
    """
    statements = Statements(session.connection())
    hour = microseconds(now) // _HOUR_US
    found = {number: Activity(last_at=moment(at)) for number, at in statements.rows(_LAST) if at}
    for number, *sums in statements.rows(_SUMS, (hour - 24,) * 3 + (hour - 24 * 7,)):
        counted = [int(n or 0) for n in sums]
        day, week = _tally(counted[:3]), _tally(counted[3:])
        found[number] = Activity(day=day, week=week, last_at=found[number].last_at)
    return found


def hours_since(session: Session, hour: int) -> dict[int, list[tuple[int, int, int, int]]]:
    """Return (hour, accepted, unreadable, newest) of every source from an hour on, by its row."""
    found: dict[int, list[tuple[int, int, int, int]]] = {}
    for number, *cells in Statements(session.connection()).rows(_HOURS, (hour,)):
        at, accepted, unreadable, last = (int(cell or 0) for cell in cells)
        found.setdefault(int(number), []).append((at, accepted, unreadable, last))
    return found


def add_forged(session: Session, source: str, at: datetime, n: int) -> None:
    """Count deliveries that came in a source's name without proof."""
    hour = microseconds(at) // _HOUR_US
    Statements(session.connection()).execute(_ADD_FORGED, (hour, n, source))


def forged_since(session: Session, hour: int) -> dict[int, dict[int, int]]:
    """Return by source and hour how many deliveries came without proof, where any did."""
    found: dict[int, dict[int, int]] = {}
    for number, at, n in Statements(session.connection()).rows(_FORGED, (hour,)):
        found.setdefault(int(number), {})[int(at)] = int(n)
    return found


_ADD_FORGED: Final = (
    "INSERT INTO source_tally "
    "(source_id, hour, accepted, duplicates, quarantined, last_us, forged) "
    "SELECT id, ?, 0, 0, 0, 0, ? FROM source WHERE name = ? "
    "ON CONFLICT (source_id, hour) DO UPDATE SET forged = source_tally.forged + excluded.forged"
)
_FORGED: Final = "SELECT source_id, hour, forged FROM source_tally WHERE hour >= ? AND forged > 0"
_HOURS: Final = (
    "SELECT source_id, hour, accepted, quarantined, last_us FROM source_tally "
    "WHERE hour >= ? ORDER BY source_id, hour"
)
# The newest row of each source by its key; a grouping would read all hours there ever were.
_LAST: Final = (
    "SELECT s.id, (SELECT t.last_us FROM source_tally t WHERE t.source_id = s.id "
    "ORDER BY t.hour DESC LIMIT 1) FROM source s"
)
_SUMS: Final = (
    "SELECT source_id, SUM(CASE WHEN hour > ? THEN accepted ELSE 0 END), "
    "SUM(CASE WHEN hour > ? THEN duplicates ELSE 0 END), "
    "SUM(CASE WHEN hour > ? THEN quarantined ELSE 0 END), "
    "SUM(accepted), SUM(duplicates), SUM(quarantined) "
    "FROM source_tally WHERE hour > ? GROUP BY source_id"
)


def _tally(counted: list[int]) -> Tally:
    accepted, duplicates, quarantined = counted
    return Tally(accepted=accepted, duplicates=duplicates, quarantined=quarantined)
