"""A file held against its supplier's manifest before anything of it is taken."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.principals import Principal
from labeltrust.ledger.attestations import MOST_BYTES, Attested, attested
from labeltrust.ledger.signatures import public_key
from labeltrust.services._acts import begin_act
from labeltrust.services.deployment import Deployment
from labeltrust.services.note_gate import note_gate
from labeltrust.store.history import SYSTEM, About, append
from labeltrust.store.inserting import known_id
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.sources import find_source, source_projects, source_row
from labeltrust.store.suppliers import key_rows
from labeltrust.store.tables import Source, SupplierManifest

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What a manifest came to: its words, and what does not hold, if anything."""

    sha256: str
    told: Attested | None
    error: InvalidInput | None


def needs_manifest(deployment: Deployment, source: str) -> bool:
    """Say whether a supplier's key is registered for a source, so that its files come signed."""
    with reading(deployment.engine) as session:
        row = find_source(session, source)
        return row is not None and bool(_pems(session, row))


def require_manifest(
    deployment: Deployment,
    principal: Principal,
    source: str,
    files: tuple[Path, Path],
    rows: Callable[[], int],
) -> None:
    """Let a file pass whose manifest holds; else refuse it, put its source on probation and alert.

    Args:
        deployment: The installation.
        principal: Who brings the file.
        source: Name of the source.
        files: The file, and its manifest.
        rows: Counts the rows of the file, as they would be read.

    Raises:
        InvalidInput: Signature, digest or number of rows do not hold, or no key is registered.
    """
    with reading(deployment.engine) as session:
        row = find_source(session, source)
        pems = [] if row is None else _pems(session, row)
    if row is None:
        detail = (
            f"source {source[:200]!r} is not there: register the key of its supplier first, "
            "by `labeltrust supplier add-key`"
        )
        raise InvalidInput(detail, place="manifest", code="manifest_unknown_source")
    seen = _held_against(files, pems, rows)
    _keep(deployment, principal, source, files[0].name, seen)
    if seen.error is not None:
        raise seen.error


def _pems(session: Session, row: Source) -> list[str]:
    return [one.pem for one in key_rows(session, known_id(row.id)) if one.revoked_at is None]


def _held_against(files: tuple[Path, Path], pems: list[str], rows: Callable[[], int]) -> _Seen:
    file, manifest = files
    sha256, told = "", None
    try:
        sha256 = _digest(file)
        told = attested(_bytes(manifest), file.name, [public_key(pem.encode()) for pem in pems])
        _require_same("digest", file, sha256, told.sha256)
        _require_same("rows", file, str(rows()), str(told.rows))
    except InvalidInput as error:
        return _Seen(sha256=sha256, told=told, error=error)
    return _Seen(sha256=sha256, told=told, error=None)


def _require_same(what: str, file: Path, found: str, said: str) -> None:
    if found != said:
        detail = f"{file.name[:200]} has {what} {found}, the manifest says {said[:80]}"
        raise InvalidInput(detail, place="manifest", code=f"manifest_{what}")


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        detail = f"a manifest is of one file, and this cannot be read: {error.strerror or error}"
        raise InvalidInput(detail, place="manifest", code="unreadable_file") from None
    return digest.hexdigest()


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        detail = f"the manifest cannot be read: {error.strerror or error}"
        raise InvalidInput(detail, place="manifest", code="manifest_unreadable") from None


def _keep(
    deployment: Deployment, principal: Principal, source: str, file: str, seen: _Seen
) -> None:
    """Keep what came of it; where it does not hold, nothing of the source counts any more."""
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        row = source_row(session, source)
        session.refresh(row, with_for_update=True)
        failed, before = seen.error is not None, row.status
        if failed and row.status == "trusted":
            row.status = "probation"
            session.add(row)
            session.flush()
            for name in source_projects(session, row):
                act = begin_act(session, project_row(session, name), principal.name, at)
                note_gate(deployment, act)
        told = _row(known_id(row.id), principal, file, seen, at)
        session.add(told)
        session.flush()
        _append(session, principal, row, told, before)


def _row(
    source_id: int, principal: Principal, file: str, seen: _Seen, at: datetime
) -> SupplierManifest:
    error, told = seen.error, seen.told
    return SupplierManifest(
        source_id=source_id,
        came_at=at,
        came_by=principal.name,
        file=file[:200],
        sha256=seen.sha256,
        rows=None if told is None else told.rows,
        supplier="" if told is None else told.supplier,
        key_id="" if told is None else told.key_id,
        code="" if error is None else error.code,
        detail="" if error is None else error.detail[:1_000],
    )


def _append(
    session: Session, principal: Principal, row: Source, told: SupplierManifest, before: str
) -> None:
    """Append one event for the manifest, and one for the probation that it led to."""
    at = told.came_at
    about = About(source_id=row.id)
    detail = {
        "sha256": told.sha256, "rows": told.rows, "key": told.key_id, "code": told.code,
        "manifest": told.id,
    }  # fmt: skip
    kind = "manifest.failed" if told.code else "manifest.accepted"
    append(
        session, chain=SYSTEM, type=kind, actor=principal.name, at=at, detail=detail, about=about
    )
    if before != row.status:
        changed = {
            "before": {"name": row.name, "status": before},
            "after": {"name": row.name, "status": row.status},
            "reason": f"manifest {told.id}: {told.code}",
        }
        append(
            session, chain=SYSTEM, type="source.changed", actor=principal.name, at=at,
            detail=changed, about=about,
        )  # fmt: skip
