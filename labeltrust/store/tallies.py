"""What each source sent, hour by hour: written with the events, read by the page of sources."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from sqlalchemy import delete
from sqlmodel import Session, col

from labeltrust.domain.clock import microseconds, moment
from labeltrust.domain.events import Outcome
from labeltrust.store.statements import Row, Statements
from labeltrust.store.tables import SourceSlot

_HOUR_US: Final = 3_600_000_000
_SLOT_US: Final = 300_000_000
SLOTS_AN_HOUR: Final = 12
KEPT_HOURS: Final = 8
"""So many hours before the present one are known by five minutes, older ones by the hour."""
_COUNTS: Final = (
    "accepted",
    "duplicates",
    "quarantined",
    "doubted",
    "conflicts",
    "refused",
    "failed",
    "late",
)


def _adding(table: str, slot: str, *more: str) -> str:
    names = (*_COUNTS, *more)
    sums = ", ".join(f"{n} = COALESCE({table}.{n}, 0) + excluded.{n}" for n in _COUNTS)
    latest = "".join(
        f", {n} = CASE WHEN excluded.{n} > {table}.{n} THEN excluded.{n} ELSE {table}.{n} END"
        for n in more
    )
    return (
        f"INSERT INTO {table} (source_id, {slot}, {', '.join(names)}) "  # noqa: S608 - names of our own
        f"VALUES ({', '.join('?' * (2 + len(names)))}) "
        f"ON CONFLICT (source_id, {slot}) DO UPDATE SET {sums}{latest}"
    )


_ADD: Final = _adding("source_tally", "hour", "last_us")
_ADD_SLOT: Final = _adding("source_slot", "slot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One delivery as the tally sees it.

    `again` is one that was read again from quarantine, `past` one whose times are long ago by
    nature: neither counts as doubted.
    """

    source_id: int
    received_at: datetime
    outcome: Outcome
    again: bool
    past: bool = False


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
    hours: dict[tuple[int, int], list[int]] = {}
    slots: dict[tuple[int, int], list[int]] = {}
    for one in sent:
        at, counts = microseconds(one.received_at), _counts(one)
        hour = hours.setdefault((one.source_id, at // _HOUR_US), [0] * (len(_COUNTS) + 1))
        slot = slots.setdefault((one.source_id, at // _SLOT_US), [0] * len(_COUNTS))
        for place, n in enumerate(counts):
            hour[place] += n
            slot[place] += n
        hour[-1] = max(hour[-1], at)
    # In one order, so that two processes never wait for each other.
    for add, sums in ((_ADD, hours), (_ADD_SLOT, slots)):
        rows: list[Row] = [(*key, *sums[key]) for key in sorted(sums)]
        statements.executemany(add, rows)


def _counts(one: Sent) -> tuple[int, ...]:
    found = one.outcome
    conflicts = sum(problem.status == HTTPStatus.CONFLICT for problem in found.problems)
    first = 0 if one.again else 1
    return (
        found.accepted,
        first * found.duplicates,
        first * found.quarantined,
        0 if one.past else found.doubted,
        first * conflicts,
        0,
        0,
        0,
    )


def add_trouble(
    session: Session, source: str, at: datetime, *, refused: int = 0, failed: int = 0, late: int = 0
) -> None:
    """Count what became of proven deliveries beside what is counted with their events.

    Args:
        session: An open unit of work.
        source: Name of the source; of an unknown one nothing is counted.
        at: When they came.
        refused: Deliveries refused for what they are, such as one over the cap.
        failed: Deliveries that this installation could not take.
        late: Events that were taken, but later than a sender should wait.
    """
    statements, at_us = Statements(session.connection()), microseconds(at)
    for (number,) in list(statements.rows("SELECT id FROM source WHERE name = ?", (source,))):
        counts = (0, 0, 0, 0, 0, refused, failed, late)
        statements.executemany(_ADD, [(int(number), at_us // _HOUR_US, *counts, 0)])
        statements.executemany(_ADD_SLOT, [(int(number), at_us // _SLOT_US, *counts)])


def forget_slots(session: Session, now: datetime) -> None:
    """Delete slots that are known by the hour alone from now on."""
    lately = microseconds(now) // _HOUR_US - KEPT_HOURS
    session.execute(delete(SourceSlot).where(col(SourceSlot.slot) < lately * SLOTS_AN_HOUR))


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
