"""Keys of suppliers and the manifests that came with files, as rows."""

from sqlmodel import Session, col, select

from labeltrust.domain.suppliers import Manifest, SupplierKey
from labeltrust.store import tables

MOST_SHOWN = 50


def key_rows(session: Session, source_id: int) -> list[tables.SupplierKey]:
    """Return the rows of all keys that a source ever had, oldest first."""
    wanted = select(tables.SupplierKey).where(col(tables.SupplierKey.source_id) == source_id)
    return list(session.exec(wanted.order_by(col(tables.SupplierKey.id))))


def keys_of(session: Session, source_id: int) -> tuple[SupplierKey, ...]:
    """Return all keys that a source ever had, oldest first."""
    return tuple(
        SupplierKey(
            key_id=row.key_id,
            pem=row.pem,
            added_at=row.added_at,
            added_by=row.added_by,
            reason=row.reason,
            revoked_at=row.revoked_at,
            revoked_by=row.revoked_by,
            revoked_why=row.revoked_why,
        )
        for row in key_rows(session, source_id)
    )


def manifests_of(session: Session, source_id: int) -> tuple[Manifest, ...]:
    """Return the newest manifests that came with files of a source, newest first."""
    wanted = select(tables.SupplierManifest).where(
        col(tables.SupplierManifest.source_id) == source_id
    )
    rows = session.exec(wanted.order_by(col(tables.SupplierManifest.id).desc()).limit(MOST_SHOWN))
    return tuple(
        Manifest(
            came_at=row.came_at,
            came_by=row.came_by,
            file=row.file,
            sha256=row.sha256,
            rows=row.rows,
            supplier=row.supplier,
            key_id=row.key_id,
            code=row.code,
            detail=row.detail,
        )
        for row in rows
    )
