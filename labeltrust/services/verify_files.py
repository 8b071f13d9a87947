"""Check the files of a snapshot far from the installation that made it: signature and checksums."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from labeltrust.domain.errors import InvalidInput
from labeltrust.ledger.signatures import is_signed, key_id, public_key
from labeltrust.services._snapshot_files import JUDGMENTS, LABELS, MANIFEST, SIGNATURE, file_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVerification:
    """What a check of files found; `problems` is empty where they hold.

    Attributes:
        folder: Where the files lie.
        snapshot: Number of the snapshot as the manifest says, None where it cannot be read.
        project: Its project, likewise.
        ok: All that is there is what was signed.
        problems: What is not.
        signed_by: Id of the key that was given.
        checked: Files that were looked at.
        absent: Files of the manifest that are not there, and are not needed to train.
    """

    folder: str
    snapshot: int | None
    project: str | None
    ok: bool
    problems: tuple[str, ...]
    signed_by: str
    checked: tuple[str, ...]
    absent: tuple[str, ...]


def verify_files(folder: Path, pem: bytes) -> FileVerification:
    """Check a snapshot's folder by a public key alone: no database, no server.

    The consensus labels must be there; the judgments behind them may have stayed behind.

    Args:
        folder: Holds `manifest.json`, `manifest.sig` and `labels.parquet`.
        pem: The public key, which must have come another way than the files.

    Raises:
        InvalidInput: The key cannot be read, or the folder holds no manifest.
    """
    key = public_key(pem)
    path = folder / MANIFEST
    if not path.is_file():
        detail = f"{folder} holds no {MANIFEST}"
        raise InvalidInput(detail, place="snapshot", code="no_manifest")
    body = path.read_bytes()
    problems = signature_problems(folder, key, body)
    manifest = {} if problems else json.loads(body)
    files: Mapping[str, Any] = manifest.get("files", {})
    absent = tuple(name for name in files if name == JUDGMENTS and not (folder / name).is_file())
    there = {name: facts for name, facts in files.items() if name not in absent}
    if not problems:
        problems = [] if LABELS in there else [f"the manifest names no {LABELS}"]
        problems += file_problems(folder, there)
    return FileVerification(
        folder=str(folder),
        snapshot=manifest.get("snapshot"),
        project=manifest.get("project"),
        ok=not problems,
        problems=tuple(problems),
        signed_by=key_id(key),
        checked=(MANIFEST, *there),
        absent=absent,
    )


def signature_problems(folder: Path, key: Ed25519PublicKey, manifest: bytes) -> list[str]:
    """Return what is wrong with the signature of a manifest, in words."""
    path = folder / SIGNATURE
    if not path.is_file():
        return [f"{path} is missing: nobody signed the manifest"]
    if is_signed(key, path.read_bytes(), manifest):
        return []
    return [f"{path} is no signature of the manifest by key {key_id(key)}"]


def file_problems(folder: Path, files: Mapping[str, Any]) -> list[str]:
    """Return which files are not what a manifest states, in words.

    Args:
        folder: Where they lie.
        files: Rows, bytes and checksum by file name.
    """
    found = (_file_problem(folder / name, facts) for name, facts in files.items())
    return [problem for problem in found if problem]


def _file_problem(path: Path, facts: Mapping[str, Any]) -> str:
    if not path.is_file():
        return f"{path} is missing"
    if (found := file_digest(path)) != facts["sha256"]:
        return (
            f"{path} does not match its checksum: {found} in {path.stat().st_size} bytes, on "
            f"record {facts['sha256']} in {facts['bytes']}"
        )
    try:
        rows = pq.read_metadata(path).num_rows
    except pa.ArrowInvalid:
        return f"{path} is no Parquet file"
    return "" if rows == facts["rows"] else f"{path} has {rows} rows, {facts['rows']} are stated"
