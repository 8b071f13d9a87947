"""Sources that are silent against their own usual rate, and how their comparisons stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from labeltrust.domain.clock import microseconds
from labeltrust.domain.reconciling import PullReport
from labeltrust.policy.watching import HOUR_US, LOOKED_BACK_HOURS, Hours, Silence, silence
from labeltrust.services.deployment import Deployment
from labeltrust.store.pulls import pull_counts
from labeltrust.store.session import reading
from labeltrust.store.source_pulls import SealedAccess, accesses, newest_pulls
from labeltrust.store.sources import source_rows
from labeltrust.store.tallies import hours_since

_LATE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMeasures:
    """How the sources of an installation stand, as names of them.

    Attributes:
        silent: Nothing came in a time in which much is usual.
        failing: Their newest comparison with the platform failed.
        held: Their newest comparison waits for a person.
        late: They were not compared for three times as long as they are to be.
        unread: Objects that platforms said have changed, and nobody read since.
        oldest_seconds: Since the comparison that is longest ago, of those that are scheduled.
    """

    silent: tuple[str, ...]
    failing: tuple[str, ...]
    held: tuple[str, ...]
    late: tuple[str, ...]
    unread: int
    oldest_seconds: float


def measure_sources(deployment: Deployment) -> SourceMeasures:
    """Look at tallies and reports, not at platforms: a handful of queries for all sources."""
    now = deployment.clock()
    with reading(deployment.engine) as session:
        names = {row.id: row.name for row in source_rows(session)}
        quiet = silences(session, now)
        newest, access = newest_pulls(session), accesses(session)
        unread = sum(pull_counts(session).values())
    ages = {
        number: (now - (newest[number].started_at if number in newest else one.info.set_at))
        for number, one in access.items()
        if one.info.every_minutes
    }
    late = [
        n
        for n, age in ages.items()
        if age.total_seconds() > _LATE * access[n].info.every_minutes * 60
    ]
    return SourceMeasures(
        silent=tuple(names[number] for number in sorted(quiet)),
        failing=tuple(names[n] for n in sorted(access) if _is(newest, n, "failed")),
        held=tuple(names[n] for n in sorted(access) if _is(newest, n, "held")),
        late=tuple(names[n] for n in sorted(late)),
        unread=unread,
        oldest_seconds=max((age.total_seconds() for age in ages.values()), default=0.0),
    )


def _every(access: SealedAccess) -> timedelta:
    return timedelta(minutes=access.info.every_minutes)


def _is(newest: Mapping[int, PullReport], number: int, status: str) -> bool:
    return number in newest and newest[number].status == status


def silences(session: Session, now: datetime) -> dict[int, Silence]:
    """Return the sources that are silent now, by their row id, and how much was usual."""
    now_us = microseconds(now)
    found = {}
    for number, lines in hours_since(session, now_us // HOUR_US - LOOKED_BACK_HOURS).items():
        hours = Hours(
            accepted={hour: accepted for hour, accepted, _, _ in lines},
            unreadable={},
            last_us=max(last for _, _, _, last in lines),
        )
        quiet = silence(hours, now_us)
        if quiet is not None:
            found[number] = quiet
    return found
