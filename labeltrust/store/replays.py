"""Ordered replays of histories as rows: what was asked, how far it is, what was found."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, select, update

from labeltrust.domain.errors import NotFound
from labeltrust.store.inserting import known_id
from labeltrust.store.tables import ReplayOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRow:
    """An ordered replay.

    Attributes:
        wanted: JSON text of what is to be otherwise, labelers by number.
        done: Assessments made so far, of `looks`; both 0 before it begins.
        found: JSON text of what was found, labelers by number.
        error: Why nothing was.
    """

    id: int
    project_id: int
    ordered_at: datetime
    ordered_by: str
    wanted: str
    done: int
    looks: int
    finished_at: datetime | None
    found: str | None
    error: str | None


def add_replay(session: Session, project_id: int, wanted: str, at: datetime, by: str) -> int:
    """Store an order and return its number."""
    row = ReplayOrder(project_id=project_id, ordered_at=at, ordered_by=by, wanted=wanted)
    session.add(row)
    session.flush()
    return known_id(row.id)


def get_replay(session: Session, number: int) -> ReplayRow:
    """Return one order.

    Raises:
        NotFound: There is none with this number, or it was forgotten.
    """
    row = session.get(ReplayOrder, number)
    if row is None:
        detail = f"no replay {number}"
        raise NotFound(detail)
    return _read(row)


def replays_of(session: Session, project_id: int, limit: int) -> list[ReplayRow]:
    """Return the orders of a project, newest first."""
    wanted = select(ReplayOrder).where(col(ReplayOrder.project_id) == project_id)
    newest = wanted.order_by(col(ReplayOrder.id).desc()).limit(limit)
    return [_read(row) for row in session.exec(newest)]


def note_progress(session: Session, number: int, done: int, looks: int) -> None:
    """Note how far a replay is."""
    changed = update(ReplayOrder).where(col(ReplayOrder.id) == number)
    session.exec(changed.values(done=done, looks=looks))


def finish_replay(
    session: Session, number: int, at: datetime, *, found: str | None = None, error: str = ""
) -> None:
    """Note what a replay found, or why it found nothing."""
    changed = update(ReplayOrder).where(col(ReplayOrder.id) == number)
    session.exec(changed.values(finished_at=at, found=found, error=error or None))


def forget_replays(session: Session, project_id: int, keep: int) -> None:
    """Forget all finished replays of a project but the newest."""
    numbers = [row.id for row in replays_of(session, project_id, keep)]
    old = delete(ReplayOrder).where(
        col(ReplayOrder.project_id) == project_id,
        col(ReplayOrder.finished_at).is_not(None),
        col(ReplayOrder.id).not_in(numbers),
    )
    session.exec(old)


def _read(row: ReplayOrder) -> ReplayRow:
    return ReplayRow(
        id=known_id(row.id),
        project_id=row.project_id,
        ordered_at=row.ordered_at,
        ordered_by=row.ordered_by,
        wanted=row.wanted,
        done=row.done,
        looks=row.looks,
        finished_at=row.finished_at,
        found=row.found,
        error=row.error,
    )
