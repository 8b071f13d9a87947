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
from labeltrust.ledger.signatures import key_id, pem_of
from labeltrust.services._heavy import heavily
from labeltrust.services._held import Hold, held_by
from labeltrust.services._left_out import restated
from labeltrust.services._manifest import FORMAT
from labeltrust.services._seen_snapshot import seen_snapshot
from labeltrust.services._snapshot_facts import fresh_hold
from labeltrust.services._snapshot_files import JUDGMENTS, LABELS, MANIFEST, SIGNATURE
from labeltrust.services.create_snapshot import snapshot_folder
from labeltrust.services.deployment import Deployment
from labeltrust.services.verify_files import file_problems, signature_problems
from labeltrust.store.freezes import list_freezes
from labeltrust.store.judgments import read_judgments
from labeltrust.store.session import reading
from labeltrust.store.snapshots import SnapshotRow, snapshot_event


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a check of a snapshot found; `problems` is empty where it holds."""

    snapshot: int
    project: str
    ok: bool
    problems: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureKey:
    """The public key that manifests are signed by: its id, its kind, and itself in PEM."""

    key_id: str
    algorithm: str
    pem: str


def signature_key(deployment: Deployment, principal: Principal) -> SignatureKey:
    """Return the public key that manifests are signed by.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    key = deployment.vault.signature_key
    return SignatureKey(key_id=key_id(key), algorithm="Ed25519", pem=pem_of(key))


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
        name: `labels.parquet`, `judgments.parquet`, `manifest.json` or `manifest.sig`.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such snapshot in scope, or no such file.
    """
    _seen(deployment, principal, snapshot)
    path = snapshot_folder(deployment, snapshot) / name
    if name not in {LABELS, JUDGMENTS, MANIFEST, SIGNATURE} or not path.is_file():
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
    with reading(deployment.engine) as session:
        return seen_snapshot(session, principal, snapshot)


def _verify(deployment: Deployment, row: SnapshotRow) -> Verification:
    folder = snapshot_folder(deployment, row.id)
    problems = (
        _manifest_problems(folder, row)
        or _record_problems(deployment, row)
        or _signature_problems(deployment, folder, row)
        or file_problems(folder, json.loads(row.manifest)["files"])
    )
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


def _record_problems(deployment: Deployment, row: SnapshotRow) -> list[str]:
    """Compare with the event of the history, which no table row can contradict."""
    with reading(deployment.engine) as session:
        told = snapshot_event(session, row)
    if told is None or told.get("sha256") != row.digest.hex():
        return ["the history knows no snapshot of this number with this manifest"]
    return []


def _signature_problems(deployment: Deployment, folder: Path, row: SnapshotRow) -> list[str]:
    """Check the signature of every snapshot that was made since they are signed."""
    if row.signature is None and json.loads(row.manifest)["format"] < FORMAT:
        return []
    keys = deployment.vault.signature_keys
    signed_by = json.loads(row.manifest).get("signed_by")
    key = next((one for one in keys if key_id(one) == signed_by), keys[0])
    return signature_problems(folder, key, row.manifest.encode())


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
    stood += restated(manifest["query"].get("without", ()))
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
    if hold.freeze is not None:
        return f"held by freeze {hold.freeze}"
    return "held back as fresh" if hold.code == "fresh" else "that were to be left out"
