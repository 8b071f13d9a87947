"""A backup as a folder: the database, the files beside it, and a signed list of both."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from labeltrust.domain.errors import Conflict, InvalidInput, Misconfigured, Tampered
from labeltrust.ledger.signatures import is_signed
from labeltrust.services._snapshot_files import file_digest, move_into_place, write_whole
from labeltrust.store.copying import CopiedHead
from labeltrust.store.vault import Vault

MANIFEST = "backup.json"
SIGNATURE = "backup.sig"
KEPT = ("snapshots",)
"""Folders of the data folder that no database can make again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """One file of a backup: its path inside, its size and SHA-256."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What a backup says of itself.

    Attributes:
        format: 1.
        made_at: When the copy was taken.
        made_by: Name of the principal.
        version: Of the program that made it.
        database: `sqlite` or `postgresql`.
        schema_version: Revision of the database.
        master_key: Fingerprint of the key file, which a backup never holds.
        heads: Where each chain stood.
        files: All files but this list and its signature.
    """

    format: int
    made_at: datetime
    made_by: str
    version: str
    database: str
    schema_version: str
    master_key: str
    heads: tuple[CopiedHead, ...]
    files: tuple[KeptFile, ...]


@contextmanager
def draft_folder(path: Path) -> Iterator[Path]:
    """Give a folder for its owner alone, which becomes `path` once all went well.

    Raises:
        Conflict: Something of that name is there.
    """
    if path.exists():
        detail = f"{path} exists; a backup never overwrites"
        raise Conflict(detail)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    try:
        yield draft
        move_into_place(draft, path)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def list_files(folder: Path) -> tuple[KeptFile, ...]:
    """Return all files of a folder, by path, with their checksums."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return tuple(_kept(folder, path) for path in paths)


def _kept(folder: Path, path: Path) -> KeptFile:
    name = path.relative_to(folder).as_posix()
    return KeptFile(path=name, bytes=path.stat().st_size, sha256=file_digest(path))


def write_list(folder: Path, backup: Backup, vault: Vault) -> None:
    """Write the list of a backup and its signature."""
    body = json.dumps(msgspec.to_builtins(backup), indent=2, sort_keys=True).encode() + b"\n"
    write_whole(folder / MANIFEST, body)
    write_whole(folder / SIGNATURE, vault.sign(body))


def read_list(folder: Path, vault: Vault) -> Backup:
    """Return what a backup says of itself, once the signature holds.

    Raises:
        InvalidInput: The folder is no backup.
        Misconfigured: It was made under another master key.
        Tampered: The list or its signature was changed.
    """
    try:
        body = (folder / MANIFEST).read_bytes()
        signature = (folder / SIGNATURE).read_bytes()
    except OSError as error:
        detail = f"{folder} is no backup: {error.strerror} ({MANIFEST}, {SIGNATURE})"
        raise InvalidInput(detail, place="folder", code="no_backup") from None
    backup = _parsed(folder, body)
    if backup.master_key != vault.fingerprint:
        raise Misconfigured(_OTHER_KEY)
    if not is_signed(vault.signature_key, signature, body):
        detail = f"{folder / MANIFEST} is not what was signed when the backup was made"
        raise Tampered(detail)
    return backup


_OTHER_KEY = (
    "the backup belongs to another master key: put the key file it was made with at "
    "LABELTRUST_MASTER_KEY_FILE (keys/master.key in the home); without it neither names nor "
    "sealed bodies can be read"
)


def _parsed(folder: Path, body: bytes) -> Backup:
    try:
        said: Any = msgspec.json.decode(body, type=Backup)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        detail = f"{folder / MANIFEST} cannot be read: {error}"
        raise InvalidInput(detail, place="folder", code="no_backup") from None
    return said  # type: ignore[no-any-return]


def wrong_files(folder: Path, backup: Backup) -> tuple[str, ...]:
    """Return what is missing, changed or beyond the list, by path."""
    there = {file.path: file for file in list_files(folder)}
    wanted = {file.path: file for file in backup.files}
    beyond = there.keys() - wanted.keys() - {MANIFEST, SIGNATURE}
    missing = [f"{path}: missing" for path in sorted(wanted.keys() - there.keys())]
    changed = [
        f"{path}: changed" for path in sorted(wanted.keys() & there.keys())
        if wanted[path] != there[path]
    ]  # fmt: skip
    return (*missing, *changed, *(f"{path}: not in the list" for path in sorted(beyond)))
