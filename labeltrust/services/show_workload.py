"""How much waits for whom, how fast it is decided, and how often appeals overturn it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

import numpy as np

from labeltrust.domain.appeals import Appeal
from labeltrust.domain.estimates import Measured
from labeltrust.domain.principals import Principal
from labeltrust.metrics.gold_accuracy import wilson
from labeltrust.services._who import people_behind
from labeltrust.services.deployment import Deployment
from labeltrust.services.list_appeals import list_appeals
from labeltrust.store.people import person_rows
from labeltrust.store.session import reading
from labeltrust.store.tables import Person
from labeltrust.store.workload import Decided, Waiting, decided_since, waiting

SHORT, LONG = timedelta(days=7), timedelta(days=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one person has to do, and did.

    Attributes:
        person: Name.
        open: Open flags assigned to them.
        oldest: Age of the oldest of those, or None.
        decided_short: Flags decided within 7 days.
        decided_long: Flags decided within 28 days.
        median_time: Median time from opening to verdict of the latter, or None.
    """

    person: str
    open: int
    oldest: timedelta | None
    decided_short: int
    decided_long: int
    median_time: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """The work of all reviewers.

    Attributes:
        loads: One a person who may decide or did, most open flags first.
        unassigned: Open flags that nobody is to decide.
        unassigned_oldest: Age of the oldest of those, or None.
        overturned: Share of decided appeals that overturned a freeze, with interval.
        appeals_open: Appeals that wait.
        appeals_overdue: Those of them that wait for longer than they ought to.
    """

    loads: tuple[Load, ...]
    unassigned: int
    unassigned_oldest: timedelta | None
    overturned: Measured
    appeals_open: int
    appeals_overdue: int


def show_workload(deployment: Deployment, principal: Principal) -> Workload:
    """Return the workload over all projects in scope.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    now, scope = deployment.clock(), principal.projects
    with reading(deployment.engine) as session:
        open_ones = waiting(session, scope)
        decided = decided_since(session, scope, now - LONG)
        behind = people_behind(session, {one.actor for one in decided})
        people = [row.name for row in person_rows(session) if _reviews(row)]
    appeals = list_appeals(deployment, principal)
    nobody = next((one for one in open_ones if one.person is None), None)
    return Workload(
        loads=_loads(people, open_ones, [(behind[one.actor], one) for one in decided], now),
        unassigned=0 if nobody is None else nobody.n,
        unassigned_oldest=None if nobody is None else now - nobody.oldest,
        overturned=overturned(appeals),
        appeals_open=sum(appeal.outcome is None for appeal in appeals),
        appeals_overdue=sum(a.outcome is None and a.overdue(now) for a in appeals),
    )


def overturned(appeals: Sequence[Appeal]) -> Measured:
    """Return the share of decided appeals that overturned a freeze; undefined before the first."""
    decided = [appeal.outcome for appeal in appeals if appeal.outcome is not None]
    hits = np.array([sum(outcome == "overturned" for outcome in decided)])
    return wilson(hits, np.array([len(decided)]), "no appeal was decided yet")[0]


def _reviews(row: Person) -> bool:
    return row.disabled_at is None and Principal(name=row.name, role=row.role, projects=None).may(
        "review"
    )


def _loads(
    people: Sequence[str],
    open_ones: Sequence[Waiting],
    decided: Sequence[tuple[str, Decided]],
    now: datetime,
) -> tuple[Load, ...]:
    mine = {one.person: one for one in open_ones if one.person is not None}
    done: dict[str, list[Decided]] = {}
    for person, one in decided:
        done.setdefault(person, []).append(one)
    names = sorted({*people, *mine, *done})
    loads = [_load(name, mine, done.get(name, []), now) for name in names]
    return tuple(sorted(loads, key=lambda load: -load.open))


def _load(name: str, mine: Mapping[str, Waiting], done: list[Decided], now: datetime) -> Load:
    own = mine.get(name)
    times = [(one.decided_at - one.opened_at).total_seconds() for one in done]
    return Load(
        person=name,
        open=0 if own is None else own.n,
        oldest=None if own is None else now - own.oldest,
        decided_short=sum(one.decided_at >= now - SHORT for one in done),
        decided_long=len(done),
        median_time=timedelta(seconds=median(times)) if times else None,
    )
