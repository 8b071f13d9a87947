"""The few numbers that say whether anything changed, at the cost of three small reads."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from labeltrust.store.tables import Assessment, Chain, Flag, Job, Project

_ASSESS = "assess"
_MOST_NEWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPulse:
    """One project: how long its chain is, and when it was assessed last."""

    position: int
    assessed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A flag that was opened."""

    flag: int
    project: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """All projects at one moment.

    Attributes:
        projects: By name.
        running: Names of projects that are being assessed.
        opened: Flags opened after the one asked for, oldest first.
        last_flag: Number of the newest flag there is; 0 where there is none.
    """

    projects: dict[str, ProjectPulse]
    running: frozenset[str]
    opened: tuple[Opened, ...]
    last_flag: int


def read_pulse(session: Session, now: datetime, after_flag: int | None) -> Pulse:
    """Return the pulse.

    Args:
        session: An open read.
        now: Leases that ended before are no longer at work.
        after_flag: Tell of flags opened after this one; None tells of none.
    """
    opened = [] if after_flag is None else _opened(session, after_flag)
    last = session.exec(select(func.max(Flag.id))).one() if after_flag is None else after_flag
    return Pulse(
        projects=_projects(session),
        running=_running(session, now),
        opened=tuple(opened),
        last_flag=opened[-1].flag if opened else last or 0,
    )


def _projects(session: Session) -> dict[str, ProjectPulse]:
    wanted = (
        select(Project.name, Chain.next_sequence, Assessment.created_at)
        .join(Chain, col(Chain.id) == col(Project.chain_id))
        .join(Assessment, col(Assessment.project_id) == col(Project.id), isouter=True)
    )
    return {
        name: ProjectPulse(position=position, assessed_at=assessed_at)
        for name, position, assessed_at in session.exec(wanted)
    }


def _running(session: Session, now: datetime) -> frozenset[str]:
    wanted = select(Job.key).where(col(Job.kind) == _ASSESS, col(Job.leased_until) > now)
    return frozenset(session.exec(wanted))


def _opened(session: Session, after: int) -> list[Opened]:
    wanted = (
        select(Flag.id, Project.name)
        .where(col(Project.id) == col(Flag.project_id), col(Flag.id) > after)
        .order_by(col(Flag.id))
        .limit(_MOST_NEWS)
    )
    return [Opened(flag=flag or 0, project=name) for flag, name in session.exec(wanted)]
