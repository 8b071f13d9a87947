"""Drills and game days as rows: what was planted, what was found."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlmodel import Session, col, func, select, update

from labeltrust.domain.drills import Drill, DrillDraft, DrillFound, GameDay
from labeltrust.domain.errors import InvalidInput, NotFound
from labeltrust.store.inserting import known_id
from labeltrust.store.tables import DrillRow, GameDayRow, Job


def add_game_day(session: Session, at: datetime, by: str) -> int:
    """Store a game day without its drills, and return its number."""
    row = GameDayRow(ordered_at=at, ordered_by=by)
    session.add(row)
    session.flush()
    return known_id(row.id)


def add_drill(
    session: Session, draft: DrillDraft, at: datetime, by: str, game_day: int | None = None
) -> int:
    """Store an order and return its number."""
    row = DrillRow(
        ordered_at=at,
        ordered_by=by,
        game_day_id=game_day,
        campaign=draft.campaign,
        seed=draft.seed,
        labels_a_minute=draft.labels_a_minute,
    )
    session.add(row)
    session.flush()
    return known_id(row.id)


def get_drill(session: Session, number: int, *, lock: bool = False) -> Drill:
    """Return one drill, and keep others from changing it meanwhile if asked.

    Raises:
        NotFound: There is none with this number.
    """
    row = session.get(DrillRow, number, with_for_update=lock or None)
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
    """Return how many drills that stand alone are not over."""
    wanted = select(func.count()).select_from(DrillRow).where(col(DrillRow.finished_at).is_(None))
    return session.exec(wanted.where(col(DrillRow.game_day_id).is_(None))).one()


def forgotten(session: Session, before: datetime, kind: str) -> Sequence[int]:
    """Return the drills ordered before a moment that are not over and that no job is about."""
    jobs = select(Job.key).where(col(Job.kind) == kind)
    wanted = select(DrillRow.id).where(
        col(DrillRow.finished_at).is_(None), col(DrillRow.ordered_at) < before
    )
    numbers = [known_id(one) for one in session.exec(wanted.order_by(col(DrillRow.id)))]
    known = set(session.exec(jobs)) if numbers else set()
    return [number for number in numbers if str(number) not in known]


def drills_after(session: Session, after: int, most: int) -> list[tuple[int, Drill | None]]:
    """Return drills with larger numbers, the oldest first; None where a row makes no sense."""
    wanted = select(DrillRow).where(col(DrillRow.id) > after).order_by(col(DrillRow.id))
    found: list[tuple[int, Drill | None]] = []
    for row in session.exec(wanted.limit(most)):
        try:
            found.append((known_id(row.id), _read(row)))
        except (InvalidInput, msgspec.MsgspecError):
            found.append((known_id(row.id), None))
    return found


def game_days(
    session: Session, *, before: int | None = None, since: datetime | None = None, limit: int = 100
) -> Sequence[GameDay]:
    """Return game days with their drills, the newest first.

    Args:
        session: An open session.
        before: Only those with a smaller number.
        since: Only those ordered from this moment on.
        limit: At most so many.
    """
    wanted = select(GameDayRow).order_by(col(GameDayRow.id).desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(col(GameDayRow.id) < before)
    if since is not None:
        wanted = wanted.where(col(GameDayRow.ordered_at) >= since)
    return _with_drills(session, session.exec(wanted).all())


def every_game_day(session: Session) -> Sequence[GameDay]:
    """Return the orders of all game days, the oldest first, without their drills."""
    return [
        GameDay(
            id=known_id(row.id), ordered_at=row.ordered_at, ordered_by=row.ordered_by, drills=()
        )
        for row in session.exec(select(GameDayRow).order_by(col(GameDayRow.id)))
    ]


def get_game_day(session: Session, number: int) -> GameDay:
    """Return one game day with its drills.

    Raises:
        NotFound: There is none with this number.
    """
    row = session.get(GameDayRow, number)
    if row is None:
        raise NotFound(f"no game day {number}")
    return _with_drills(session, [row])[0]


def _with_drills(session: Session, rows: Collection[GameDayRow]) -> Sequence[GameDay]:
    numbers = [row.id for row in rows]
    wanted = select(DrillRow).where(col(DrillRow.game_day_id).in_(numbers))
    drills = [_read(row) for row in session.exec(wanted.order_by(col(DrillRow.id)))]
    return [
        GameDay(
            id=known_id(row.id),
            ordered_at=row.ordered_at,
            ordered_by=row.ordered_by,
            drills=tuple(one for one in drills if one.game_day == row.id),
        )
        for row in rows
    ]


def last_ordered(session: Session, by: str) -> Drill | None:
    """Return the newest drill outside of game days that somebody ordered, or None."""
    wanted = select(DrillRow).where(
        col(DrillRow.ordered_by) == by, col(DrillRow.game_day_id).is_(None)
    )
    row = session.exec(wanted.order_by(col(DrillRow.id).desc()).limit(1)).first()
    return None if row is None else _read(row)


def _read(row: DrillRow) -> Drill:
    return Drill(
        id=known_id(row.id),
        game_day=row.game_day_id,
        ordered_at=row.ordered_at,
        ordered_by=row.ordered_by,
        draft=DrillDraft(campaign=row.campaign, seed=row.seed, labels_a_minute=row.labels_a_minute),
        finished_at=row.finished_at,
        found=None if row.found is None else msgspec.json.decode(row.found, type=DrillFound),
        error=row.error,
    )
