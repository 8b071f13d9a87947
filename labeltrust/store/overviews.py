"""What is new in a project: the newest of everything and how much of it there is, row by row."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from labeltrust.store.flags import FlagRow, list_flags
from labeltrust.store.freezes import FreezeRow, list_freezes
from labeltrust.store.inserting import known_id
from labeltrust.store.tables import Flag, Freeze, Snapshot, Source, SourceProject

_LATELY = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that a chart over time marks.

    Attributes:
        at: When.
        kind: `flag opened`, `freeze placed`, `freeze lifted` or `snapshot`.
        number: Of the flag, freeze or snapshot.
    """

    at: datetime
    kind: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestSnapshot:
    """The newest snapshot of a project, and how many there are."""

    id: int
    created_at: datetime
    created_by: str
    rows: int
    n_snapshots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedingSource:
    """A source that may speak for a project."""

    id: int
    name: str
    platform: str
    status: str


def happenings(session: Session, project_id: int) -> list[Happening]:
    """Return the newest flags, freezes, lifts and snapshots of a project, oldest first.

    What is opened, placed and made is numbered in that order; only lifts are sorted by time.
    """
    found: list[Happening] = []
    for kind, number, at, mine, newest in (
        ("flag opened", Flag.id, Flag.opened_at, Flag.project_id, Flag.id),
        ("freeze placed", Freeze.id, Freeze.placed_at, Freeze.project_id, Freeze.id),
        ("freeze lifted", Freeze.id, Freeze.lifted_at, Freeze.project_id, Freeze.lifted_at),
        ("snapshot", Snapshot.id, Snapshot.created_at, Snapshot.project_id, Snapshot.id),
    ):
        wanted = select(number).where(col(mine) == project_id, col(newest).is_not(None))
        ids = wanted.order_by(col(newest).desc()).limit(_LATELY).subquery()
        rows = session.exec(select(number, at).join(ids, ids.c[0] == col(number)))
        found += [Happening(at=then, kind=kind, number=known_id(n)) for n, then in rows if then]
    return sorted(found, key=lambda one: (one.at, one.kind, one.number))


def newest_flags(session: Session, project_id: int, most: int) -> tuple[list[FlagRow], int]:
    """Return the newest open flags of a project, and how many are open."""
    mine = col(Flag.project_id) == project_id, col(Flag.status) == "open"
    n = session.exec(select(func.count()).select_from(Flag).where(*mine)).one()
    ids = select(Flag.id).where(*mine).order_by(col(Flag.id).desc()).limit(most)
    first = min((known_id(number) for number in session.exec(ids)), default=None)
    if first is None:
        return [], n
    return list_flags(session, project_id, status="open", after=first - 1)[::-1], n


def open_flag_counts(session: Session, project_ids: Collection[int]) -> dict[int, int]:
    """Return how many flags are open, by project; none where none is."""
    wanted = select(Flag.project_id, func.count()).group_by(col(Flag.project_id))
    wanted = wanted.where(col(Flag.project_id).in_(sorted(project_ids)), col(Flag.status) == "open")
    return dict(session.exec(wanted).all())


def newest_freezes(session: Session, project_id: int, most: int) -> tuple[list[FreezeRow], int]:
    """Return the newest freezes that stand in a project, and how many stand."""
    mine = col(Freeze.project_id) == project_id, col(Freeze.lifted_at).is_(None)
    n = session.exec(select(func.count()).select_from(Freeze).where(*mine)).one()
    ids = select(Freeze.id).where(*mine).order_by(col(Freeze.id).desc()).limit(most)
    first = min((known_id(number) for number in session.exec(ids)), default=None)
    if first is None:
        return [], n
    return list_freezes(session, project_id, after=first - 1)[::-1], n


def newest_snapshot(session: Session, project_id: int) -> NewestSnapshot | None:
    """Return the newest snapshot of a project, or None; its manifest stays unread."""
    wanted = select(Snapshot.id, Snapshot.created_at, Snapshot.created_by, Snapshot.rows)
    wanted = wanted.where(col(Snapshot.project_id) == project_id)
    found = session.exec(wanted.order_by(col(Snapshot.id).desc()).limit(1)).first()
    if found is None:
        return None
    mine = col(Snapshot.project_id) == project_id
    n = session.exec(select(func.count()).select_from(Snapshot).where(mine)).one()
    number, at, who, rows = found
    return NewestSnapshot(
        id=known_id(number), created_at=at, created_by=who, rows=rows, n_snapshots=n
    )


def feeding_sources(session: Session, project_id: int) -> Sequence[FeedingSource]:
    """Return the sources that may speak for a project, by name."""
    wanted = (
        select(Source.id, Source.name, Source.platform, Source.status)
        .join(SourceProject, col(SourceProject.source_id) == col(Source.id))
        .where(col(SourceProject.project_id) == project_id)
        .order_by(col(Source.name))
    )
    return [
        FeedingSource(id=known_id(number), name=name, platform=platform, status=status)
        for number, name, platform, status in session.exec(wanted)
    ]
