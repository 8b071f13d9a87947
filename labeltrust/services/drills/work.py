"""Drills in the background: by schedule, in turns, each carried out once whoever dies."""

from datetime import datetime, timedelta
from typing import Final

import structlog

from labeltrust.domain.drills import CAMPAIGNS, DrillDraft, DrillFound
from labeltrust.domain.errors import Busy, LabeltrustError, NotFound
from labeltrust.jobs.table_queue import TableQueue
from labeltrust.services._heavy import heavily
from labeltrust.services.deployment import Deployment
from labeltrust.services.drills._keeping import CUT_SHORT, finished, ordered
from labeltrust.services.drills._shadow import MACHINE
from labeltrust.services.drills.carry_out import carry_out
from labeltrust.services.drills.order_drill import DRILL, fresh_seed
from labeltrust.store import drills
from labeltrust.store.jobs import Lease, require_lease
from labeltrust.store.session import reading, unit_of_work

SCHEDULED: Final = "scheduled"
_DAY_SECONDS = 86_400
_TRIES = 3
_GIVEN_UP_AFTER = timedelta(days=1)
_LOG = structlog.get_logger("labeltrust.drills")


def schedule_drills(deployment: Deployment, queue: TableQueue) -> None:
    """Ask for the next drill of the schedule, at even distances over a day."""
    a_day = deployment.settings.drills_a_day
    if not a_day:
        return
    pause = timedelta(seconds=_DAY_SECONDS / a_day)
    queue.enqueue_once(DRILL, SCHEDULED, _next_at(deployment, pause))


def drill_for_job(deployment: Deployment, lease: Lease) -> None:
    """Carry out the drill of a job, or the next campaign of the schedule by a fresh seed.

    One that fails says so and is not tried again: the next one comes by the schedule. One that was
    cut off, since the server stops or memory is short, is tried again, but not for ever.

    Raises:
        Busy: It was cut off.
        Conflict: The lease was lost.
    """
    try:
        number = order_scheduled(deployment, lease) if lease.key == SCHEDULED else int(lease.key)
        with reading(deployment.engine) as session:
            drill = drills.get_drill(session, number)
    except NotFound:
        _LOG.info("drill is gone", drill=lease.key)
        return
    if drill.finished_at is not None:
        return  # by a worker that ended before it could say so
    found, error = None, None
    try:
        found = heavily(deployment, _carried_out, drill.draft)
    except LabeltrustError as raised:
        if isinstance(raised, Busy) and lease.attempts < _TRIES:
            raise
        _LOG.exception("drill failed", drill=number)
        error = str(raised)[:2000]
    with unit_of_work(deployment.engine) as session:
        require_lease(session, lease)
        finished(deployment, session, MACHINE, number, found=found, error=error)


def order_scheduled(deployment: Deployment, lease: Lease) -> int:
    """Store the next campaign in turn, by a fresh seed, and return its number.

    One that a worker left unfinished is taken up again in its place.
    """
    names = list(CAMPAIGNS)
    with unit_of_work(deployment.engine) as session:
        require_lease(session, lease)
        last = drills.last_ordered(session, MACHINE.name)
        if last is not None and last.finished_at is None:
            return last.id
        turn = 0 if last is None else names.index(last.draft.campaign) + 1
        draft = DrillDraft(campaign=names[turn % len(names)], seed=fresh_seed())
        return ordered(deployment, session, MACHINE, draft).id


def give_up_drills(deployment: Deployment) -> None:
    """End the drills that somebody began here and now a day ago, and never finished."""
    before = deployment.clock() - _GIVEN_UP_AFTER
    with reading(deployment.engine) as session:
        numbers = drills.forgotten(session, before, DRILL)
    for number in numbers:
        with unit_of_work(deployment.engine) as session:
            finished(deployment, session, MACHINE, number, error=CUT_SHORT)


def _carried_out(deployment: Deployment, draft: DrillDraft) -> DrillFound:
    return carry_out(draft, deployment.clock())


def _next_at(deployment: Deployment, pause: timedelta) -> datetime:
    with reading(deployment.engine) as session:
        last = drills.last_ordered(session, MACHINE.name)
    now = deployment.clock()
    return now if last is None else max(now, last.ordered_at + pause)
