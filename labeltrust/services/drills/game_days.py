"""Game days: one drill of each campaign of the suite, by hand, on order and by schedule."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session

from labeltrust.domain.drills import SUITE, Drill, DrillDraft, GameDay
from labeltrust.domain.errors import Conflict
from labeltrust.domain.principals import Principal
from labeltrust.jobs.table_queue import TableQueue
from labeltrust.policy.drills import Summary
from labeltrust.services.deployment import Deployment
from labeltrust.services.drills._keeping import cut_short, day_ordered, finished, ordered
from labeltrust.services.drills._shadow import MACHINE
from labeltrust.services.drills.carry_out import carry_out
from labeltrust.services.drills.order_drill import DRILL, fresh_seed, summarised
from labeltrust.store import drills
from labeltrust.store.history import SYSTEM, hold_chain
from labeltrust.store.jobs import Lease, enqueue_once, require_lease
from labeltrust.store.session import reading, unit_of_work

GAME_DAY: Final = "game_day"
_SCHEDULE = "schedule"
_LATE = timedelta(days=1)
Told = Callable[[int, int, str], None]
"""Told how many campaigns are over, of how many, and which goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GameDayReport:
    """A game day and how its drills went.

    Attributes:
        day: The game day with its drills.
        finished_at: When it was over; None while a drill is not.
        summary: Shares of its drills.
    """

    day: GameDay
    finished_at: datetime | None
    summary: Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class GameDayPage:
    """Game days, the newest first, and when the schedule wants one.

    Attributes:
        days: The game days.
        every_days: One is wanted so often; 0 never.
        next_at: When the next one is due; None where none is wanted.
        overdue: Whether it was due a day ago, or longer.
    """

    days: Sequence[GameDayReport]
    every_days: int
    next_at: datetime | None
    overdue: bool


def order_game_day(deployment: Deployment, principal: Principal) -> GameDay:
    """Have the background worker carry out a game day, and return it as it waits.

    Raises:
        NotAllowed: The role may not assess.
        Conflict: One is under way.
    """
    principal.require("assess")
    with unit_of_work(deployment.engine) as session:
        _require_none_under_way(session)
        return _ordered_of_workers(deployment, session, principal)


def run_game_day(
    deployment: Deployment,
    principal: Principal,
    campaigns: Sequence[str] = SUITE,
    told: Told = lambda _done, _of, _what: None,
) -> GameDayReport:
    """Carry out a game day here and now, keep it, and return it.

    Raises:
        NotAllowed: The role may not assess.
        InvalidInput: A campaign is unknown.
        Conflict: One is under way.
    """
    principal.require("assess")
    with unit_of_work(deployment.engine) as session:
        _require_none_under_way(session)
        day = _ordered(deployment, session, principal, campaigns)
    with cut_short(deployment, principal, [drill.id for drill in day.drills]):
        for k, drill in enumerate(day.drills):
            told(k, len(day.drills), drill.draft.campaign)
            found = carry_out(drill.draft, deployment.clock())
            with unit_of_work(deployment.engine) as session:
                finished(deployment, session, principal, drill.id, found=found)
    return show_game_day(deployment, principal, day.id)


def show_game_day(deployment: Deployment, principal: Principal, number: int) -> GameDayReport:
    """Return a game day and how its drills went.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is none with this number.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        return _report(drills.get_game_day(session, number))


def list_game_days(
    deployment: Deployment, principal: Principal, *, before: int | None = None, limit: int = 100
) -> GameDayPage:
    """Return game days, the newest first, and when the next one is due.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    now, every = deployment.clock(), deployment.settings.game_day_every_days
    with reading(deployment.engine) as session:
        days = drills.game_days(session, before=before, limit=limit)
        due = _next_at(session, every, now) if every else None
    return GameDayPage(
        days=[_report(day) for day in days],
        every_days=every,
        next_at=due,
        overdue=due is not None and due + _LATE < now,
    )


def game_days_since(
    deployment: Deployment, principal: Principal, since: datetime
) -> Sequence[GameDay]:
    """Return the game days ordered since a moment, the oldest first.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        return drills.game_days(session, since=since, limit=1_000)[::-1]


def schedule_game_days(deployment: Deployment, queue: TableQueue) -> None:
    """Ask for the next game day so many days after the last one, whoever ordered that."""
    every = deployment.settings.game_day_every_days
    if not every:
        return
    with reading(deployment.engine) as session:
        due = _next_at(session, every, deployment.clock())
    if due <= deployment.clock():
        queue.enqueue_once(GAME_DAY, _SCHEDULE, due)


def game_day_for_job(deployment: Deployment, lease: Lease) -> None:
    """Order the game day that is due; its drills are jobs like all others.

    Order, records and jobs are one transaction under the lease, and what is due is asked again in
    it: however many workers there are, and whenever one of them ends, it is ordered once.
    """
    every = deployment.settings.game_day_every_days
    with unit_of_work(deployment.engine) as session:
        require_lease(session, lease)
        hold_chain(session, SYSTEM)
        now = deployment.clock()
        if every and _next_at(session, every, now) <= now and not _is_under_way(session):
            _ordered_of_workers(deployment, session, MACHINE)


def _ordered(
    deployment: Deployment,
    session: Session,
    principal: Principal,
    campaigns: Sequence[str] = SUITE,
) -> GameDay:
    number = drills.add_game_day(session, deployment.clock(), principal.name)
    for campaign in campaigns:
        draft = DrillDraft(campaign=campaign, seed=fresh_seed())
        ordered(deployment, session, principal, draft, number)
    day = drills.get_game_day(session, number)
    day_ordered(session, day)
    return day


def _ordered_of_workers(deployment: Deployment, session: Session, principal: Principal) -> GameDay:
    day = _ordered(deployment, session, principal)
    for drill in day.drills:
        enqueue_once(session, DRILL, str(drill.id), day.ordered_at)
    return day


def _require_none_under_way(session: Session) -> None:
    hold_chain(session, SYSTEM)
    if _is_under_way(session):
        raise Conflict("a game day is under way; look at it first")


def _is_under_way(session: Session) -> bool:
    newest = drills.game_days(session, limit=1)
    return bool(newest) and newest[0].finished_at is None


def _next_at(session: Session, every_days: int, now: datetime) -> datetime:
    newest = drills.game_days(session, limit=1)
    return newest[0].ordered_at + timedelta(days=every_days) if newest else now


def _report(day: GameDay) -> GameDayReport:
    ended: list[Drill] = [drill for drill in day.drills if drill.finished_at is not None]
    return GameDayReport(day=day, finished_at=day.finished_at, summary=summarised(ended))
