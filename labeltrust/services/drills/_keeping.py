"""Drills on record: what was ordered and what came of it are acts of the installation's chain.

Rows are what lists read; they say the same as the records, and `_altered.py` finds where not.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

import msgspec
from sqlmodel import Session

from labeltrust.domain.drills import Drill, DrillDraft, DrillFound, GameDay
from labeltrust.domain.principals import Principal
from labeltrust.policy.drills import judged
from labeltrust.services.deployment import Deployment
from labeltrust.store import drills
from labeltrust.store.history import SYSTEM, append
from labeltrust.store.session import unit_of_work

ORDERED, FINISHED = "drill.ordered", "drill.finished"
DAY_ORDERED, DAY_FINISHED = "game_day.ordered", "game_day.finished"
CUT_SHORT = "cut short"
Facts = Mapping[str, object]


def ordered(
    deployment: Deployment,
    session: Session,
    principal: Principal,
    draft: DrillDraft,
    game_day: int | None = None,
) -> Drill:
    """Store an order of a drill with its record, and return the drill as it waits."""
    at = deployment.clock()
    number = drills.add_drill(session, draft, at, principal.name, game_day)
    drill = drills.get_drill(session, number)
    _note(session, ORDERED, principal.name, at, order_facts(drill))
    return drill


def finished(
    deployment: Deployment,
    session: Session,
    principal: Principal,
    number: int,
    *,
    found: DrillFound | None = None,
    error: str | None = None,
) -> Drill:
    """Store what came of a drill with its record; one that is over stays as it ended.

    The last drill of a game day ends it, with a record that sums it up.
    """
    if drills.get_drill(session, number, lock=True).finished_at is not None:
        return drills.get_drill(session, number)
    at = deployment.clock()
    drills.finish_drill(session, number, at, found=found, error=error)
    drill = drills.get_drill(session, number)
    _note(session, FINISHED, principal.name, at, outcome_facts(drill) | _went(drill))
    if drill.game_day is not None:
        # The record above holds the chain, so of two last drills one sees the other's end.
        day = drills.get_game_day(session, drill.game_day)
        if day.finished_at is not None:
            _note(session, DAY_FINISHED, principal.name, at, _summed(day))
    return drill


@contextmanager
def cut_short(
    deployment: Deployment, principal: Principal, numbers: Sequence[int]
) -> Iterator[None]:
    """End the drills that are not over as cut short where what is done here is broken off."""
    try:
        yield
    except BaseException:  # a person who interrupts it, too; it is raised again
        for number in numbers:
            with unit_of_work(deployment.engine) as session:
                finished(deployment, session, principal, number, error=CUT_SHORT)
        raise


def day_ordered(session: Session, day: GameDay) -> None:
    """Put the order of a game day on record."""
    facts = day_facts(day.id, [drill.id for drill in day.drills])
    _note(session, DAY_ORDERED, day.ordered_by, day.ordered_at, facts)


def _note(session: Session, kind: str, actor: str, at: datetime, detail: Facts) -> None:
    append(session, chain=SYSTEM, type=kind, actor=actor, at=at, detail=detail)


def order_facts(drill: Drill) -> dict[str, object]:
    """Return what the record of an order says."""
    draft = msgspec.to_builtins(drill.draft)
    return {"drill": drill.id, "game_day": drill.game_day, **draft}


def outcome_facts(drill: Drill) -> dict[str, object]:
    """Return what the record of an end says, besides how it stood to the aims."""
    return order_facts(drill) | {"found": msgspec.to_builtins(drill.found), "error": drill.error}


def _went(drill: Drill) -> dict[str, object]:
    """Return how it stood to the aims of that day, which later versions may change."""
    went = None if drill.found is None else msgspec.to_builtins(judged(drill.found))
    return {"aims": went}


def day_facts(number: int, drills_of: Sequence[int]) -> dict[str, object]:
    """Return what the record of a game day's order says."""
    return {"game_day": number, "drills": list(drills_of)}


def _summed(day: GameDay) -> dict[str, object]:
    went = [judged(one.found) for one in day.drills if one.found is not None]
    return day_facts(day.id, [drill.id for drill in day.drills]) | {
        "detected": sum(one.detected for one in went),
        "contained": sum(one.contained is True for one in went),
        "held_wrongly": sum(one.held_wrongly for one in went),
        "failed": len(day.drills) - len(went),
    }
