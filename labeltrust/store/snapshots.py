"""Snapshots as rows; their files lie in the data folder."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy import select as plain_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from labeltrust.domain.clock import microseconds
from labeltrust.domain.errors import NotFound
from labeltrust.domain.listings import Listed, Listing
from labeltrust.store.inserting import known_id
from labeltrust.store.listing import Sought, holding, look_up
from labeltrust.store.statements import Statements
from labeltrust.store.tables import Event, Project, Snapshot, Source, SourceProject

_SLICE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotRow:
    """A snapshot on record; `digest` is the SHA-256 of its manifest's bytes as written.

    Attributes:
        id: Number of the snapshot.
        project_id: Whose labels.
        project: Its name.
        created_at: When.
        created_by: Name of the principal.
        events_through: Ledger position that it was read at.
        rows: Items in its consensus file.
        digest: SHA-256 of the manifest.
        manifest: The manifest's text.
        signature: Ed25519 signature of the manifest's bytes, None where none was made yet.
        parent: Number of the snapshot that it was made from, or None.
    """

    id: int
    project_id: int
    project: str
    created_at: datetime
    created_by: str
    events_through: int
    rows: int
    digest: bytes
    manifest: str
    signature: bytes | None = None
    parent: int | None = None


def reserve(session: Session, project_id: int, created_by: str, at: datetime) -> int:
    """Return the number of a new snapshot; `complete` follows in the same transaction."""
    row = Snapshot(
        project_id=project_id,
        created_at=at,
        created_by=created_by,
        events_through=0,
        rows=0,
        digest=b"",
        manifest="",
    )
    session.add(row)
    session.flush()
    return known_id(row.id)


def complete(session: Session, snapshot: SnapshotRow) -> None:
    """Store what was written."""
    row = session.get_one(Snapshot, snapshot.id)
    row.events_through = snapshot.events_through
    row.rows = snapshot.rows
    row.digest = snapshot.digest
    row.manifest = snapshot.manifest
    row.signature = snapshot.signature
    row.parent_id = snapshot.parent
    session.add(row)
    session.flush()


def get_snapshot(session: Session, snapshot_id: int) -> SnapshotRow:
    """Return one snapshot.

    Raises:
        NotFound: No snapshot has this number.
    """
    wanted = select(Snapshot, Project).where(col(Project.id) == col(Snapshot.project_id))
    found = session.exec(wanted.where(col(Snapshot.id) == snapshot_id)).first()
    if found is None:
        detail = f"no snapshot {snapshot_id}"
        raise NotFound(detail)
    return _row(*found)


def snapshot_event(session: Session, snapshot: SnapshotRow) -> dict[str, Any] | None:
    """Return what the history says of the making of a snapshot, or None where it says nothing."""
    wanted = select(Event.detail).join(Project, col(Project.chain_id) == col(Event.chain_id))
    wanted = wanted.where(
        col(Project.id) == snapshot.project_id,
        col(Event.event_id).is_(None),
        col(Event.received_us) == microseconds(snapshot.created_at),
        col(Event.type) == "snapshot.created",
    )
    found = (json.loads(text) for text in session.exec(wanted))
    return next((one for one in found if one["snapshot"] == snapshot.id), None)


def list_snapshots(session: Session, project_id: int) -> list[SnapshotRow]:
    """Return the snapshots of a project, oldest first."""
    wanted = select(Snapshot, Project).where(col(Project.id) == col(Snapshot.project_id))
    wanted = wanted.where(col(Snapshot.project_id) == project_id)
    return [_row(*found) for found in session.exec(wanted.order_by(col(Snapshot.id)))]


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotLine:
    """A snapshot as a list shows it: without its manifest, which may be large.

    `previous` is the number of the one before it in its project, or None; `parent` that of the
    one that it was made from, where somebody said so.
    """

    id: int
    created_at: datetime
    created_by: str
    events_through: int
    rows: int
    previous: int | None
    parent: int | None


def snapshot_lines(
    session: Session, project_id: int, *, before: int | None = None, limit: int
) -> list[SnapshotLine]:
    """Return the snapshots of a project, newest first.

    Args:
        session: An open read.
        project_id: Whose.
        before: Only snapshots with a smaller number.
        limit: At most so many.
    """
    wanted = _lines(project_id)
    if before is not None:
        wanted = wanted.where(col(Snapshot.id) < before)
    found = session.execute(wanted.order_by(col(Snapshot.id).desc()).limit(limit))
    return [SnapshotLine(**row) for row in found.mappings()]


def find_snapshots(session: Session, project_id: int, wanted: Listing) -> Listed[SnapshotLine]:
    """Return snapshots of a project as a table asks for them; it searches who made them."""
    columns = ("id", "created_at", "created_by", "events_through", "rows")
    sought = Sought(
        every=_lines(project_id),
        narrowed=holding(wanted.text, col(Snapshot.created_by)),
        number=col(Snapshot.id),
        orders={name: getattr(Snapshot, name) for name in columns},
    )
    found = look_up(session, sought, wanted)
    return found.of([SnapshotLine(**row._asdict()) for row in found.rows])


def _lines(project_id: int) -> Any:  # noqa: ANN401 - a query of the columns of a line
    earlier = aliased(Snapshot)
    previous = (
        select(func.max(earlier.id))
        .where(col(earlier.project_id) == project_id, col(earlier.id) < col(Snapshot.id))
        .scalar_subquery()
    )
    return plain_select(
        col(Snapshot.id),
        col(Snapshot.created_at),
        col(Snapshot.created_by),
        col(Snapshot.events_through),
        col(Snapshot.rows),
        previous.label("previous"),
        col(Snapshot.parent_id).label("parent"),
    ).where(col(Snapshot.project_id) == project_id)


def newest_snapshots(session: Session, project_id: int, limit: int) -> list[SnapshotRow]:
    """Return the newest snapshots of a project, newest first."""
    wanted = select(Snapshot, Project).where(col(Project.id) == col(Snapshot.project_id))
    wanted = wanted.where(col(Snapshot.project_id) == project_id)
    found = session.exec(wanted.order_by(col(Snapshot.id).desc()).limit(limit))
    return [_row(*row) for row in found]


def source_names(session: Session) -> dict[int, str]:
    """Return the name of every source by its row id."""
    return {known_id(number): name for number, name in session.exec(select(Source.id, Source.name))}


def probation_sources(
    session: Session, project_id: int, statuses: Sequence[str] = ("probation", "rejected")
) -> list[int]:
    """Return the sources of a project whose labels do not count: not vetted yet, or rejected."""
    wanted = (
        select(Source.id)
        .join(SourceProject, col(SourceProject.source_id) == col(Source.id))
        .where(col(SourceProject.project_id) == project_id, col(Source.status).in_(statuses))
        .order_by(col(Source.id))
    )
    return [known_id(number) for number in session.exec(wanted)]


def item_names(engine: Engine, item_ids: Sequence[int]) -> dict[int, str]:
    """Return the outside id of each item, in slices; an erased one is shown by its number."""
    names = {number: f"item #{number}" for number in item_ids}
    sql = "SELECT id, outside_id FROM item_alias WHERE outside_id IS NOT NULL AND id {in}"
    for start in range(0, len(item_ids), _SLICE):
        with engine.connect() as connection:
            part = item_ids[start : start + _SLICE]
            names |= dict(Statements(connection).rows_in(sql, list(part)))
    return names


def _row(snapshot: Snapshot, project: Project) -> SnapshotRow:
    return SnapshotRow(
        id=known_id(snapshot.id),
        project_id=snapshot.project_id,
        project=project.name,
        created_at=snapshot.created_at,
        created_by=snapshot.created_by,
        events_through=snapshot.events_through,
        rows=snapshot.rows,
        digest=snapshot.digest,
        manifest=snapshot.manifest,
        signature=snapshot.signature,
        parent=snapshot.parent_id,
    )
