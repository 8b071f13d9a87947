"""Freezes as rows; whoever places or lifts one appends the event in the same transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from labeltrust.domain.errors import NotFound
from labeltrust.domain.freezes import FreezeState
from labeltrust.store.tables import Freeze, Project


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeRow:
    """A freeze with its project and the words of those who placed and lifted it."""

    project_id: int
    project: str
    state: FreezeState
    reason: str
    lifted_by: str | None
    lift_reason: str | None


def place(session: Session, project_id: int, state: FreezeState, reason: str) -> int:
    """Store a new freeze and return its number; `state.id` is ignored."""
    row = Freeze(
        project_id=project_id,
        kind=state.kind,
        labeler_id=state.labeler_id,
        source_id=state.source_id,
        delivery_id=state.delivery_id,
        flag_id=state.flag_id,
        since=state.since,
        clock=state.clock,
        automatic=state.automatic,
        reason=reason,
        placed_at=state.placed_at,
        placed_by=state.placed_by,
    )
    session.add(row)
    session.flush()
    return _number(row)


def lift(session: Session, freeze_id: int, *, actor: str, reason: str, at: datetime) -> None:
    """Store the end of a freeze; the row and what it held stay on record."""
    wanted = select(Freeze).where(col(Freeze.id) == freeze_id).with_for_update()
    row = session.exec(wanted).first()
    if row is None:
        raise _missing(freeze_id)
    row.lifted_at = at
    row.lifted_by = actor
    row.lift_reason = reason
    session.add(row)
    session.flush()


def get_freeze(session: Session, freeze_id: int) -> FreezeRow:
    """Return one freeze.

    Raises:
        NotFound: No freeze has this number.
    """
    wanted = select(Freeze, Project).where(col(Project.id) == col(Freeze.project_id))
    found = session.exec(wanted.where(col(Freeze.id) == freeze_id)).first()
    if found is None:
        raise _missing(freeze_id)
    return _row(*found)


def _missing(freeze_id: int) -> NotFound:
    return NotFound(f"no freeze {freeze_id}")


def list_freezes(
    session: Session,
    project_id: int,
    *,
    lifted: bool = False,
    after: int = 0,
    limit: int | None = None,
) -> list[FreezeRow]:
    """Return the freezes of a project, oldest first.

    Args:
        session: An open read.
        project_id: Whose.
        lifted: Those that were lifted too.
        after: Only freezes with a greater number (the cursor of a page).
        limit: At most so many.
    """
    wanted = select(Freeze, Project).where(col(Project.id) == col(Freeze.project_id))
    wanted = wanted.where(col(Freeze.project_id) == project_id, col(Freeze.id) > after)
    if not lifted:
        wanted = wanted.where(col(Freeze.lifted_at).is_(None))
    return [_row(*found) for found in session.exec(wanted.order_by(col(Freeze.id)).limit(limit))]


def placed_since(session: Session, project_id: int, since: datetime) -> list[FreezeState]:
    """Return the freezes placed from a moment on, lifted or not: what the breaker counts."""
    wanted = select(Freeze).where(col(Freeze.project_id) == project_id)
    wanted = wanted.where(col(Freeze.placed_at) >= since).order_by(col(Freeze.id))
    return [_state(row) for row in session.exec(wanted)]


def ever_frozen_flags(session: Session, project_id: int) -> frozenset[int]:
    """Return the flags that a freeze has rested on at any time.

    A flag freezes by itself once: after a person lifted that freeze, only a person freezes again.
    """
    wanted = select(Freeze.flag_id).where(col(Freeze.project_id) == project_id)
    return frozenset(flag for flag in session.exec(wanted) if flag is not None)


def count_standing(session: Session, project_id: int, kind: str) -> int:
    """Return how many freezes of a kind stand in a project."""
    wanted = select(func.count()).where(
        col(Freeze.project_id) == project_id,
        col(Freeze.kind) == kind,
        col(Freeze.lifted_at).is_(None),
    )
    return session.exec(wanted).one()


def _row(freeze: Freeze, project: Project) -> FreezeRow:
    return FreezeRow(
        project_id=freeze.project_id,
        project=project.name,
        state=_state(freeze),
        reason=freeze.reason,
        lifted_by=freeze.lifted_by,
        lift_reason=freeze.lift_reason,
    )


def _state(freeze: Freeze) -> FreezeState:
    return FreezeState(
        id=_number(freeze),
        kind=freeze.kind,
        labeler_id=freeze.labeler_id,
        source_id=freeze.source_id,
        delivery_id=freeze.delivery_id,
        flag_id=freeze.flag_id,
        since=freeze.since,
        clock=freeze.clock,
        automatic=freeze.automatic,
        placed_at=freeze.placed_at,
        placed_by=freeze.placed_by,
        lifted_at=freeze.lifted_at,
    )


def _number(freeze: Freeze) -> int:
    if freeze.id is None:
        raise NotFound("a freeze that is not stored has no number")
    return freeze.id
