"""Drills on order: carried out in the background or here, kept with what came of them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from labeltrust.domain.drills import MOST_SEED, Drill, DrillDraft
from labeltrust.domain.errors import Conflict
from labeltrust.domain.principals import Principal
from labeltrust.policy.drills import Summary, summary
from labeltrust.services.deployment import Deployment
from labeltrust.services.drills._keeping import cut_short, finished, ordered
from labeltrust.services.drills.carry_out import Told, carry_out
from labeltrust.store import drills
from labeltrust.store.jobs import enqueue_once
from labeltrust.store.session import reading, unit_of_work

DRILL = "drill"
SUMMED_DAYS = 30
_MOST_WAITING = 10


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
        drill = ordered(deployment, session, principal, draft)
        enqueue_once(session, DRILL, str(drill.id), at)
        return drill


def run_drill(
    deployment: Deployment,
    principal: Principal,
    draft: DrillDraft,
    told: Told = lambda _done, _of: None,
) -> Drill:
    """Carry out a drill here and now, keep it, and return it; broken off, it is kept as cut short.

    Raises:
        NotAllowed: The role may not assess.
    """
    principal.require("assess")
    with unit_of_work(deployment.engine) as session:
        number = ordered(deployment, session, principal, draft).id
    with cut_short(deployment, principal, [number]):
        found = carry_out(draft, deployment.clock(), told)
    with unit_of_work(deployment.engine) as session:
        return finished(deployment, session, principal, number, found=found)


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
