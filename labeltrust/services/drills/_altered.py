"""Rows of drills and game days held against their records."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import Engine

from labeltrust.domain.clock import microseconds
from labeltrust.domain.drills import Drill, DrillFound
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
from labeltrust.store.history import SYSTEM
from labeltrust.store.session import reading
from labeltrust.store.verification import StoredChain, stored_chains

_Name = tuple[str, int]
_Facts = Mapping[str, object]
_SENSELESS: _Facts = {}
_PAGE: Final = 500


def altered_drills(deployment: Deployment) -> Iterator[str]:
    """Yield in words each drill and game day that is not what its records say, or that is gone.

    Reads in short pieces while others go on: what had a record before the rows were read must have
    its row, and each row must have its record by the time they all were.
    """
    engine = deployment.engine
    first = _system(engine)
    if first is None:
        return
    end = first.head.next_sequence - 1
    before = dict(_records(drill_records(engine, first.id, end)))
    rows = dict(_rows(engine))
    last = _system(engine) or first
    meanwhile = drill_records(engine, first.id, last.head.next_sequence - 1, end)
    records = dict(_records(meanwhile)) | before
    for name in sorted(before.keys() | rows.keys()):
        if rows.get(name) != records.get(name):
            yield _words(name, known=name in records, kept=name in rows)


def _system(engine: Engine) -> StoredChain | None:
    return next((one for one in stored_chains(engine) if one.name == SYSTEM), None)


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


def _rows(engine: Engine) -> Iterator[tuple[_Name, _Facts]]:
    """Yield what rows say; game days first, so that all drills of each are there."""
    with reading(engine) as session:
        days = drills.every_game_day(session)
    theirs: dict[int | None, list[int]] = {}
    after = 0
    while page := _page(engine, after):
        for number, drill in page:
            if drill is not None:
                theirs.setdefault(drill.game_day, []).append(number)
            yield from _of_drill(number, drill)
        after = page[-1][0]
    for day in days:
        at = microseconds(day.ordered_at)
        facts = day_facts(day.id, theirs.get(day.id, []))
        yield (DAY_ORDERED, day.id), {"at": at, "by": day.ordered_by, **facts}


def _page(engine: Engine, after: int) -> list[tuple[int, Drill | None]]:
    with reading(engine) as session:
        return drills.drills_after(session, after, _PAGE)


def _of_drill(number: int, drill: Drill | None) -> Iterator[tuple[_Name, _Facts]]:
    if drill is None:
        yield (ORDERED, number), _SENSELESS
        return
    at = microseconds(drill.ordered_at)
    yield (ORDERED, number), {"at": at, "by": drill.ordered_by, **order_facts(drill)}
    if drill.finished_at is not None:
        end = microseconds(drill.finished_at)
        yield (FINISHED, number), {"at": end, **outcome_facts(drill), "found": drill.found}
