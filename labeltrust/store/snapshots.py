"""Snapshots as rows; their files lie in the data folder."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from labeltrust.domain.errors import NotFound
from labeltrust.store.inserting import known_id
from labeltrust.store.tables import Project, Snapshot


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


def list_snapshots(session: Session, project_id: int) -> list[SnapshotRow]:
    """Return the snapshots of a project, oldest first."""
    wanted = select(Snapshot, Project).where(col(Project.id) == col(Snapshot.project_id))
    wanted = wanted.where(col(Snapshot.project_id) == project_id)
    return [_row(*found) for found in session.exec(wanted.order_by(col(Snapshot.id)))]


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
    )
