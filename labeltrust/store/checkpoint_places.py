"""Places outside that checkpoints go to, as rows, and how each stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from labeltrust.domain.errors import NotFound
from labeltrust.store.inserting import insert_new, known_id
from labeltrust.store.tables import AlertChannel, Checkpoint, CheckpointPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place outside, and how it stands.

    Attributes:
        id: Its number.
        name: What people call it.
        kind: `folder`, `webhook` or `email`.
        where: The folder, or the host of the channel.
        every_seconds: Told at most so often.
        through: Number of the newest checkpoint that it took.
        behind: Checkpoints that it has not taken yet.
        taken_at: When it last took some.
        failures: Tries in a row that failed.
        retry_at: When it is tried again.
        trouble: Why the last try failed.
        added_at: When it was added, and by whom.
        added_by: By whom.
    """

    id: int
    name: str
    kind: str
    where: str
    every_seconds: float
    through: int
    behind: int
    taken_at: datetime | None
    failures: int
    retry_at: datetime | None
    trouble: str | None
    added_at: datetime
    added_by: str


def add_place(session: Session, row: CheckpointPlace) -> int:
    """Store a place and return its number.

    Raises:
        Conflict: The name is taken.
    """
    return known_id(insert_new(session, row, f"place {row.name!r} is there already").id)


def place_row(session: Session, number: int, *, lock: bool = False) -> CheckpointPlace:
    """Return the row of a place that was not removed.

    Raises:
        NotFound: There is none of this number.
    """
    wanted = select(CheckpointPlace).where(col(CheckpointPlace.id) == number, _STANDS)
    found = session.exec(wanted.with_for_update() if lock else wanted).first()
    if found is None:
        detail = f"no place {number} of checkpoints"
        raise NotFound(detail)
    return found


def place_named(session: Session, name: str) -> CheckpointPlace:
    """Return the row of a place by its name.

    Raises:
        NotFound: There is none of this name.
    """
    wanted = select(CheckpointPlace).where(col(CheckpointPlace.name) == name, _STANDS)
    found = session.exec(wanted).first()
    if found is None:
        detail = f"no place {name[:200]!r} of checkpoints"
        raise NotFound(detail)
    return found


def places(session: Session) -> list[Place]:
    """Return the places there are, oldest first."""
    behind = select(func.count(col(Checkpoint.id))).where(
        col(Checkpoint.id) > col(CheckpointPlace.through)
    )
    wanted = (
        select(CheckpointPlace, AlertChannel, behind.correlate(CheckpointPlace).scalar_subquery())
        .join(AlertChannel, col(CheckpointPlace.channel_id) == AlertChannel.id, isouter=True)
        .where(_STANDS)
        .order_by(col(CheckpointPlace.id))
    )
    rows: Sequence[tuple[CheckpointPlace, AlertChannel | None, int]] = session.exec(wanted).all()
    return [_place(*row) for row in rows]


def places_due(session: Session, now: datetime) -> list[int]:
    """Return the places that checkpoints can be taken to now."""
    newest = session.exec(select(func.max(col(Checkpoint.id)))).one() or 0
    rows = session.exec(select(CheckpointPlace).where(_STANDS))
    return [known_id(row.id) for row in rows if row.through < newest and _is_due(row, now)]


def late_since(session: Session, wanted: int) -> datetime | None:
    """Return when the oldest checkpoint was made that so many places did not take, if there is.

    Args:
        session: An open read.
        wanted: Places that each must reach, at least one.
    """
    taken = sorted(session.exec(select(CheckpointPlace.through).where(_STANDS)), reverse=True)
    through = taken[wanted - 1] if len(taken) >= wanted else 0
    oldest = select(func.min(col(Checkpoint.made_at))).where(col(Checkpoint.id) > through)
    return session.exec(oldest).one()


_STANDS = col(CheckpointPlace.removed_at).is_(None)


def _is_due(row: CheckpointPlace, now: datetime) -> bool:
    if row.retry_at is not None:
        return row.retry_at <= now
    pause = timedelta(seconds=row.every_seconds)
    return row.taken_at is None or row.taken_at + pause <= now


def _place(row: CheckpointPlace, channel: AlertChannel | None, behind: int) -> Place:
    return Place(
        id=known_id(row.id),
        name=row.name,
        kind="folder" if channel is None else channel.shape,
        where=(row.folder or "") if channel is None else f"{channel.name} ({channel.host})",
        every_seconds=row.every_seconds,
        through=row.through,
        behind=behind,
        taken_at=row.taken_at,
        failures=row.failures,
        retry_at=row.retry_at,
        trouble=row.trouble,
        added_at=row.added_at,
        added_by=row.added_by,
    )
