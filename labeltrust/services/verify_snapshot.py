"""Check a snapshot: checksums, its place in the record, and that nothing held out is inside."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from labeltrust.domain.errors import NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services._heavy import heavily
from labeltrust.services._held import Hold, held_by
from labeltrust.services._snapshot_files import JUDGMENTS, LABELS, MANIFEST, file_digest
from labeltrust.services.create_snapshot import fresh_hold, snapshot_folder
from labeltrust.services.deployment import Deployment
from labeltrust.store.freezes import list_freezes
from labeltrust.store.judgments import read_judgments
from labeltrust.store.session import reading
from labeltrust.store.snapshots import SnapshotRow, get_snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a check of a snapshot found; `problems` is empty where it holds."""

    snapshot: int
    project: str
    ok: bool
    problems: tuple[str, ...]
    rows: int


def show_snapshot(deployment: Deployment, principal: Principal, snapshot: int) -> dict[str, Any]:
    """Return the manifest of a snapshot.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such snapshot in scope.
    """
    manifest: dict[str, Any] = json.loads(_seen(deployment, principal, snapshot).manifest)
    return manifest


def snapshot_file(deployment: Deployment, principal: Principal, snapshot: int, name: str) -> Path:
    """Return the path of a snapshot's file, to be sent as it is.

    Args:
        deployment: The installation.
        principal: Who reads.
        snapshot: Number of the snapshot.
        name: `labels.parquet`, `judgments.parquet` or `manifest.json`.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such snapshot in scope, or no such file.
    """
    _seen(deployment, principal, snapshot)
    path = snapshot_folder(deployment, snapshot) / name
    if name not in {LABELS, JUDGMENTS, MANIFEST} or not path.is_file():
        detail = f"snapshot {snapshot} has no file {name[:80]!r} here"
        raise NotFound(detail)
    return path


def verify_snapshot(deployment: Deployment, principal: Principal, snapshot: int) -> Verification:
    """Recompute everything that a snapshot's manifest states.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such snapshot in scope.
    """
    row = _seen(deployment, principal, snapshot)
    return heavily(deployment, _verify, row)


def _seen(deployment: Deployment, principal: Principal, snapshot: int) -> SnapshotRow:
    principal.require("read")
    with reading(deployment.engine) as session:
        row = get_snapshot(session, snapshot)
    if not principal.sees(row.project):
        detail = f"no snapshot {snapshot}"
        raise NotFound(detail)
    return row


def _verify(deployment: Deployment, row: SnapshotRow) -> Verification:
    folder = snapshot_folder(deployment, row.id)
    problems = _manifest_problems(folder, row) or _file_problems(folder, row)
    if not problems:
        problems = _held_inside(deployment, folder, row)
    return Verification(
        snapshot=row.id,
        project=row.project,
        ok=not problems,
        problems=tuple(problems),
        rows=row.rows,
    )


def _manifest_problems(folder: Path, row: SnapshotRow) -> list[str]:
    path = folder / MANIFEST
    if not path.is_file():
        return [f"{path} is missing"]
    body = path.read_bytes()
    if hashlib.sha256(row.manifest.encode()).digest() != row.digest:
        return ["the manifest in the database is not the one whose digest is on record"]
    if hashlib.sha256(body).digest() == row.digest:
        return []
    return [f"{path} is not the manifest on record{_where_it_differs(body, row.manifest)}"]


def _where_it_differs(body: bytes, recorded: str) -> str:
    try:
        found = json.loads(body)
    except ValueError:
        return ": it is no JSON"
    known = json.loads(recorded)
    if not isinstance(found, dict):
        return ": it is no object"
    keys = sorted({*found, *known})
    other = [key for key in keys if found.get(key) != known.get(key)]
    return f": it differs in {', '.join(other)[:400]}" if other else ": it is spelled otherwise"


def _file_problems(folder: Path, row: SnapshotRow) -> list[str]:
    problems = []
    for name, facts in json.loads(row.manifest)["files"].items():
        path = folder / name
        if not path.is_file():
            problems.append(f"{path} is missing")
        elif (found := file_digest(path)) != facts["sha256"]:
            size = path.stat().st_size
            problems.append(
                f"{path} does not match its checksum: {found} in {size} bytes, on record "
                f"{facts['sha256']} in {facts['bytes']}"
            )
        elif (rows := pq.read_metadata(path).num_rows) != facts["rows"]:
            problems.append(f"{path} has {rows} rows, {facts['rows']} are stated")
    return problems


def _held_inside(deployment: Deployment, folder: Path, row: SnapshotRow) -> list[str]:
    """Look for judgments of freezes that stood when the snapshot was made."""
    with reading(deployment.engine) as session:
        freezes = [f.state for f in list_freezes(session, row.project_id, lifted=True)]
    stood = [
        Hold(
            code="frozen",
            labeler_id=f.labeler_id,
            source_id=f.source_id,
            import_id=f.delivery_id,
            since=f.since,
            clock=f.clock,
            freeze=f.id,
        )
        for f in freezes
        if f.stood(row.created_at)
    ]
    manifest = json.loads(row.manifest)
    stood += fresh_hold(manifest.get("hold_back"))
    inside = pq.read_table(folder / JUDGMENTS, columns=["sequence"])["sequence"].to_numpy()
    problems = []
    for question in manifest["query"]["questions"]:
        through = row.events_through
        loaded = read_judgments(deployment.engine, row.project, question, through=through)
        held = held_by(loaded, stood)
        bad = held[np.isin(loaded.sequence, inside) & (held >= 0)]
        problems += [f"labels {_held_as(stood[n])} are inside" for n in np.unique(bad)]
    return problems


def _held_as(hold: Hold) -> str:
    return "held back as fresh" if hold.code == "fresh" else f"held by freeze {hold.freeze}"
