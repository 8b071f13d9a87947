"""How much waits for each reviewer, and what was decided: two grouped questions."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from labeltrust.store.tables import Flag, Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Open flags of one person; `person` None are those of nobody."""

    person: str | None
    n: int
    oldest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One flag that somebody decided."""

    actor: str
    opened_at: datetime
    decided_at: datetime


def waiting(session: Session, projects: frozenset[str] | None) -> list[Waiting]:
    """Return open flags of projects (None: of all) by who is to decide them."""
    oldest = func.min(col(Flag.opened_at))
    wanted = (
        select(Flag.assigned_to, func.count(), oldest)
        .join(Project, col(Project.id) == col(Flag.project_id))
        .where(col(Flag.status) == "open")
        .group_by(col(Flag.assigned_to))
    )
    if projects is not None:
        wanted = wanted.where(col(Project.name).in_(sorted(projects)))
    return [Waiting(person=who, n=n, oldest=at) for who, n, at in session.exec(wanted)]


def decided_since(
    session: Session, projects: frozenset[str] | None, since: datetime
) -> list[Decided]:
    """Return the flags of projects (None: of all) decided from a moment on."""
    wanted = (
        select(Flag.decided_by, Flag.opened_at, Flag.decided_at)
        .join(Project, col(Project.id) == col(Flag.project_id))
        .where(col(Flag.decided_at) >= since)
    )
    if projects is not None:
        wanted = wanted.where(col(Project.name).in_(sorted(projects)))
    return [
        Decided(actor=who, opened_at=opened, decided_at=decided)
        for who, opened, decided in session.exec(wanted)
        if who is not None and decided is not None
    ]
