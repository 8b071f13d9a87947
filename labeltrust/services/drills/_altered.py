"""Rows of drills and game days held against their records."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec
from sqlmodel import Session

from labeltrust.domain.clock import microseconds
from labeltrust.domain.drills import DrillFound
from labeltrust.services.deployment import Deployment
from labeltrust.services.drills._keeping import (
    DAY_ORDERED,
    FINISHED,
    ORDERED,
    day_facts,
    order_facts,
    outcome_facts,
)
from labeltrust.store import drills
from labeltrust.store.drill_records import DrillRecord, drill_records
from labeltrust.store.session import reading_at_once

KINDS: Final = (ORDERED, FINISHED, DAY_ORDERED)
"""Records that have rows; the end of a game day is that of its last drill."""
_Name = tuple[str, int]
_Facts = Mapping[str, object]
_SENSELESS: _Facts = {}


def altered_drills(deployment: Deployment) -> Iterator[str]:
    """Yield in words each drill and game day that is not what its records say, or that is gone."""
    with reading_at_once(deployment.engine) as session:
        records = dict(_records(drill_records(session, KINDS)))
        rows = dict(_rows(session))
    for name in sorted(records.keys() | rows.keys()):
        if rows.get(name) != records.get(name):
            yield _words(name, known=name in records, kept=name in rows)


def _words(name: _Name, *, known: bool, kept: bool) -> str:
    kind, number = name
    what = f"{kind.partition('.')[0].replace('_', ' ')} {number}"
    if known and kept:
        return f"{what} is not what its record says"
    act = kind.partition(".")[2]
    return f"{what} was {act} by its record, and is not" if known else f"{what} has no record"


def _records(records: Iterable[DrillRecord]) -> Iterator[tuple[_Name, _Facts]]:
    for record in records:
        try:
            yield _recorded(record)
        except (LookupError, TypeError, ValueError):
            continue  # somebody wrote into it, and the chain does not verify there


def _recorded(record: DrillRecord) -> tuple[_Name, _Facts]:
    """Return what a record says in the form of a row's facts, without the aims of that day."""
    detail: dict[str, Any] = dict(record.detail)
    name = record.type, int(detail["game_day" if record.type == DAY_ORDERED else "drill"])
    said = {"at": record.received_us, **detail}
    if record.type != FINISHED:
        return name, said | {"by": record.actor}
    del said["aims"]
    found = detail["found"]
    return name, said | {"found": found and msgspec.convert(found, DrillFound)}


def _rows(session: Session) -> Iterator[tuple[_Name, _Facts]]:
    for number, drill in drills.every_drill(session):
        if drill is None:
            yield (ORDERED, number), _SENSELESS
            continue
        at = microseconds(drill.ordered_at)
        yield (ORDERED, number), {"at": at, "by": drill.ordered_by, **order_facts(drill)}
        if drill.finished_at is not None:
            end = microseconds(drill.finished_at)
            yield (FINISHED, number), {"at": end, **outcome_facts(drill), "found": drill.found}
    for number, ordered_at, by, theirs in drills.every_game_day(session):
        at = microseconds(ordered_at)
        yield (DAY_ORDERED, number), {"at": at, "by": by, **day_facts(number, theirs)}
