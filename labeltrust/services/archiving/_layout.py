"""Where archives lie, and what their manifest says."""

import fcntl
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from labeltrust.domain.errors import Busy, InvalidInput, NotFound, Tampered
from labeltrust.services._snapshot_files import file_digest
from labeltrust.services.deployment import Deployment
from labeltrust.store.judgments import Asked

MANIFEST: Final = "manifest.json"
WORDS: Final = "words.parquet"
LABELERS: Final = "labelers.parquet"
FORMAT: Final = 1
"""Version of columns and manifest; another one is written anew, never changed."""
DRAFT: Final = ".draft"
GONE: Final = ".gone"
_POSITION = re.compile(r"\d{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """Rows, bytes and SHA-256 of one file."""

    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an archive says of itself.

    Attributes:
        format: See `FORMAT`.
        project, question, scale: What was asked.
        chain, position, leaf: The record up to which the history was read, and its leaf hash.
        parts: Hash buckets of items; the bucket of an item is that of `counts._split.bucket`.
        judgments, gold, n_events, outside_scale: As `store.judgments.LoadedJudgments` has them.
        files: By path inside the folder; of parts only those that hold anything.
    """

    format: int
    project: str
    question: str
    scale: str
    chain: str
    position: int
    leaf: str
    parts: int
    judgments: int
    gold: int
    n_events: int
    outside_scale: int
    files: dict[str, FileFacts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An archive on disk."""

    folder: Path
    manifest: Manifest

    @property
    def judgment_files(self) -> list[Path]:
        """The files of judgments, by part."""
        return [self.folder / name for name in self.manifest.files if name.startswith("judgments/")]

    @property
    def gold_files(self) -> list[Path]:
        """The files of gold labels, by part."""
        return [self.folder / name for name in self.manifest.files if name.startswith("gold/")]


def home_of(deployment: Deployment, asked: Asked) -> Path:
    """Return the folder of all archives of a question; numbers, for names can be anything."""
    return deployment.settings.archive_folder / f"question-{asked.question_id}"


def folder_of(home: Path, position: int) -> Path:
    """Return the folder of the archive at a position."""
    return home / f"{position:012}"


def archives_in(home: Path) -> Iterator[Archive]:
    """Yield the archives of a question, the newest first."""
    there = sorted(home.iterdir(), reverse=True) if home.is_dir() else []
    yield from (opened(path) for path in there if _POSITION.fullmatch(path.name))


def opened(folder: Path) -> Archive:
    """Return the archive in a folder.

    Raises:
        NotFound: There is none.
        InvalidInput: Its manifest cannot be read, or is of another format.
    """
    try:
        raw = (folder / MANIFEST).read_bytes()
        manifest = msgspec.json.decode(raw, type=Manifest)
    except OSError as error:
        detail = f"{folder} is no archive: {error.strerror} ({MANIFEST})"
        raise NotFound(detail) from error
    except msgspec.DecodeError as error:
        detail = f"{folder / MANIFEST} cannot be read: {error}"
        raise InvalidInput(detail, place="archive", code="manifest_unreadable") from error
    if manifest.format != FORMAT:
        detail = f"{folder} has format {manifest.format}, not {FORMAT}: drop it and write it anew"
        raise InvalidInput(detail, place="archive", code="format_unknown")
    return Archive(folder=folder, manifest=manifest)


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Write or drop archives of a question one at a time; what died half way is removed.

    Raises:
        Busy: Another process is at it.
    """
    with (home / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            detail = f"another process works on the archives in {home}"
            raise Busy(detail, retry_after_seconds=5) from error
        for name in (DRAFT, GONE):
            shutil.rmtree(home / name, ignore_errors=True)
        yield


def manifest_bytes(manifest: Manifest) -> bytes:
    """Return a manifest as it is written: the same facts give the same bytes."""
    return msgspec.json.format(msgspec.json.encode(manifest, order="sorted")) + b"\n"


def changed_files(archive: Archive) -> list[str]:
    """Return what is wrong with the files of an archive: nothing, or a line a file."""
    return [
        f"{name} {problem}"
        for name, facts in archive.manifest.files.items()
        if (problem := problem_of(archive.folder / name, facts))
    ]


def require_whole(archive: Archive) -> None:
    """Refuse an archive whose files are not those of its manifest.

    Raises:
        Tampered: A file is missing or changed.
    """
    problems = changed_files(archive)
    if problems:
        detail = f"{archive.folder}: {problems[0]}; drop it and write it anew"
        raise Tampered(detail)


def problem_of(path: Path, facts: FileFacts) -> str:
    """Return what is wrong with a file, empty where nothing is."""
    if not path.is_file():
        return "is missing"
    return "" if file_digest(path) == facts.sha256 else "is not what the manifest says"
