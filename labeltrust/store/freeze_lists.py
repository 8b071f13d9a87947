"""Freezes of all projects: lists and counts of what stands, waits and was lifted."""

from sqlmodel import Session, col, func, select

from labeltrust.store.freezes import FreezeRow, row_of, with_project
from labeltrust.store.tables import Freeze, Project


def freezes_of_all(
    session: Session,
    projects: frozenset[str] | None,
    *,
    shown: str = "all",
    before: int | None = None,
    limit: int,
) -> list[FreezeRow]:
    """Return freezes of all projects, newest first.

    Args:
        session: An open read.
        projects: Names of the projects in scope, or None for all.
        shown: `active`, `waiting` (provisional ones that stand), `lifted` or `all`.
        before: Only freezes with a smaller number (the cursor of a page).
        limit: At most so many.
    """
    wanted = with_project()
    if projects is not None:
        wanted = wanted.where(col(Project.name).in_(projects))
    if before is not None:
        wanted = wanted.where(col(Freeze.id) < before)
    if shown in {"active", "waiting"}:
        wanted = wanted.where(col(Freeze.lifted_at).is_(None))
        provisional = col(Freeze.kind) == "provisional"
        wanted = wanted.where(provisional if shown == "waiting" else ~provisional)
    elif shown == "lifted":
        wanted = wanted.where(col(Freeze.lifted_at).is_not(None))
    found = session.exec(wanted.order_by(col(Freeze.id).desc()).limit(limit))
    return [row_of(*pair) for pair in found]


def freeze_counts(session: Session, projects: frozenset[str] | None) -> tuple[int, int, int]:
    """Return how many freezes are active, wait for a second person, and were lifted."""
    stands, provisional = col(Freeze.lifted_at).is_(None), col(Freeze.kind) == "provisional"
    wanted = select(stands, provisional, func.count()).group_by(stands, provisional)
    if projects is not None:
        wanted = wanted.join(Project, col(Project.id) == col(Freeze.project_id))
        wanted = wanted.where(col(Project.name).in_(projects))
    active = waiting = lifted = 0
    for standing, held, n in session.exec(wanted):
        if not standing:
            lifted += n
        elif held:
            waiting += n
        else:
            active += n
    return active, waiting, lifted
