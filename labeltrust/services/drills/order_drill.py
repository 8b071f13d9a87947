"""Drills on order and by schedule: carried out in the background, kept with what came of them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from labeltrust.domain.drills import CAMPAIGNS, MOST_SEED, Drill, DrillDraft
from labeltrust.domain.errors import Conflict, LabeltrustError
from labeltrust.domain.principals import Principal
from labeltrust.jobs.table_queue import TableQueue
from labeltrust.policy.drills import Summary, summary
from labeltrust.services._heavy import heavily
from labeltrust.services.deployment import Deployment
from labeltrust.services.drills._shadow import MACHINE
from labeltrust.services.drills.carry_out import Told, carry_out
from labeltrust.store import drills
from labeltrust.store.jobs import Lease, enqueue_once
from labeltrust.store.session import reading, unit_of_work

DRILL = "drill"
SCHEDULED = "scheduled"
SUMMED_DAYS = 30
_DAY_SECONDS = 86_400
_MOST_WAITING = 10
_LOG = structlog.get_logger("labeltrust.drills")


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillPage:
    """Drills, the newest first, and how those of the last thirty days went."""

    drills: Sequence[Drill]
    lately: Summary


def fresh_seed() -> int:
    """Return a seed that nobody could know before."""
    return secrets.randbelow(MOST_SEED + 1)


def order_drill(deployment: Deployment, principal: Principal, draft: DrillDraft) -> Drill:
    """Have the background worker carry out a drill, and return it as it waits.

    Raises:
        NotAllowed: The role may not assess.
        Conflict: Too many wait already.
    """
    principal.require("assess")
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        if drills.waiting(session) >= _MOST_WAITING:
            raise Conflict(f"{_MOST_WAITING} drills wait already; look at them first")
        number = drills.add_drill(session, draft, at, principal.name)
        enqueue_once(session, DRILL, str(number), at)
        return drills.get_drill(session, number)


def run_drill(
    deployment: Deployment,
    principal: Principal,
    draft: DrillDraft,
    told: Told = lambda _done, _of: None,
) -> Drill:
    """Carry out a drill here and now, keep it, and return it.

    Raises:
        NotAllowed: The role may not assess.
    """
    principal.require("assess")
    with unit_of_work(deployment.engine) as session:
        number = drills.add_drill(session, draft, deployment.clock(), principal.name)
    return _carried_out(deployment, number, told)


def list_drills(
    deployment: Deployment, principal: Principal, *, before: int | None = None, limit: int = 100
) -> DrillPage:
    """Return drills, the newest first, with the shares of the last thirty days.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    now = deployment.clock()
    with reading(deployment.engine) as session:
        found = drills.drills_before(session, before, limit)
        lately = drills.finished_between(session, now - timedelta(days=SUMMED_DAYS), now)
    return DrillPage(drills=found, lately=summarised(lately))


def drills_since(deployment: Deployment, principal: Principal, since: datetime) -> Sequence[Drill]:
    """Return the drills that were over since a moment, the oldest first.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        return drills.finished_between(session, since, deployment.clock())


def summarised(found: Sequence[Drill]) -> Summary:
    """Return how drills went that came to an end with a finding."""
    return summary(one.found for one in found if one.found is not None)


def schedule_drills(deployment: Deployment, queue: TableQueue) -> None:
    """Ask for the next drill of the schedule, at even distances over a day."""
    a_day = deployment.settings.drills_a_day
    if not a_day:
        return
    pause = timedelta(seconds=_DAY_SECONDS / a_day)
    queue.enqueue_once(DRILL, SCHEDULED, _next_at(deployment, pause))


def drill_for_job(deployment: Deployment, lease: Lease) -> None:
    """Carry out the drill of a job, or the next campaign of the schedule by a fresh seed.

    One that fails says so and is not tried again: the next one comes by the schedule.
    """
    number = order_scheduled(deployment) if lease.key == SCHEDULED else int(lease.key)
    try:
        heavily(deployment, _carried_out, number)
    except LabeltrustError as error:
        _LOG.exception("drill failed", drill=number)
        with unit_of_work(deployment.engine) as session:
            drills.finish_drill(session, number, deployment.clock(), error=str(error)[:2000])


def order_scheduled(deployment: Deployment) -> int:
    """Store the next campaign in turn, by a fresh seed, and return its number."""
    names = list(CAMPAIGNS)
    with unit_of_work(deployment.engine) as session:
        last = drills.last_ordered(session, MACHINE.name)
        turn = 0 if last is None else names.index(last.draft.campaign) + 1
        draft = DrillDraft(campaign=names[turn % len(names)], seed=fresh_seed())
        return drills.add_drill(session, draft, deployment.clock(), MACHINE.name)


def _next_at(deployment: Deployment, pause: timedelta) -> datetime:
    with reading(deployment.engine) as session:
        last = drills.last_ordered(session, MACHINE.name)
    now = deployment.clock()
    return now if last is None else max(now, last.ordered_at + pause)


def _carried_out(
    deployment: Deployment, number: int, told: Told = lambda _done, _of: None
) -> Drill:
    with reading(deployment.engine) as session:
        draft = drills.get_drill(session, number).draft
    found = carry_out(draft, deployment.clock(), told)
    with unit_of_work(deployment.engine) as session:
        drills.finish_drill(session, number, deployment.clock(), found=found)
        return drills.get_drill(session, number)
