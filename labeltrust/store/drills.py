"""Drills as rows: what was planted, what was found; never part of a project's history."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlmodel import Session, col, func, select, update

from labeltrust.domain.drills import Drill, DrillDraft, DrillFound
from labeltrust.domain.errors import NotFound
from labeltrust.store.inserting import known_id
from labeltrust.store.tables import DrillRow


def add_drill(session: Session, draft: DrillDraft, at: datetime, by: str) -> int:
    """Store an order and return its number."""
    row = DrillRow(
        ordered_at=at,
        ordered_by=by,
        campaign=draft.campaign,
        seed=draft.seed,
        labels_a_minute=draft.labels_a_minute,
    )
    session.add(row)
    session.flush()
    return known_id(row.id)


def get_drill(session: Session, number: int) -> Drill:
    """Return one drill.

    Raises:
        NotFound: There is none with this number.
    """
    row = session.get(DrillRow, number)
    if row is None:
        raise NotFound(f"no drill {number}")
    return _read(row)


def finish_drill(
    session: Session,
    number: int,
    at: datetime,
    *,
    found: DrillFound | None = None,
    error: str | None = None,
) -> None:
    """Note what came of a drill, or why nothing did."""
    text = None if found is None else msgspec.json.encode(found).decode()
    changed = update(DrillRow).where(col(DrillRow.id) == number)
    session.exec(changed.values(finished_at=at, found=text, error=error))


def drills_before(session: Session, before: int | None, limit: int) -> Sequence[Drill]:
    """Return drills, the newest first: those with a smaller number, or the newest of all."""
    wanted = select(DrillRow).order_by(col(DrillRow.id).desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(col(DrillRow.id) < before)
    return [_read(row) for row in session.exec(wanted)]


def finished_between(session: Session, start: datetime, end: datetime) -> Sequence[Drill]:
    """Return the drills that were over in `[start, end)`, the oldest first."""
    wanted = select(DrillRow).where(
        col(DrillRow.finished_at) >= start, col(DrillRow.finished_at) < end
    )
    return [_read(row) for row in session.exec(wanted.order_by(col(DrillRow.id)))]


def waiting(session: Session) -> int:
    """Return how many drills are not over."""
    wanted = select(func.count()).select_from(DrillRow).where(col(DrillRow.finished_at).is_(None))
    return session.exec(wanted).one()


def last_ordered(session: Session, by: str) -> Drill | None:
    """Return the newest drill that somebody ordered, or None."""
    wanted = select(DrillRow).where(col(DrillRow.ordered_by) == by)
    row = session.exec(wanted.order_by(col(DrillRow.id).desc()).limit(1)).first()
    return None if row is None else _read(row)


def _read(row: DrillRow) -> Drill:
    return Drill(
        id=known_id(row.id),
        ordered_at=row.ordered_at,
        ordered_by=row.ordered_by,
        draft=DrillDraft(campaign=row.campaign, seed=row.seed, labels_a_minute=row.labels_a_minute),
        finished_at=row.finished_at,
        found=None if row.found is None else msgspec.json.decode(row.found, type=DrillFound),
        error=row.error,
    )
