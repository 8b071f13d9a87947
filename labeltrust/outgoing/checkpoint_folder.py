"""A folder outside of the database that checkpoints are put into: a mounted bucket, another disk.

Files are written once, whole, and never changed: a folder that forbids changing and deleting (an
object lock, another owner) takes them as well.
"""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from labeltrust.domain.errors import Conflict, InvalidInput

SUFFIX: Final = ".checkpoints"
_MOST_BYTES: Final = 1 << 26


def checked_folder(text: str) -> Path:
    """Return a folder that can be written, or refuse it.

    Raises:
        InvalidInput: It is not there, no full path, or cannot be written.
    """
    path = Path(text)
    if not path.is_absolute() or not path.is_dir():
        detail = f"{text[:200]!r} is not the full path of a folder that is there"
        raise InvalidInput(detail, place="folder", code="no_folder")
    if not os.access(path, os.W_OK | os.X_OK):
        detail = f"{text[:200]!r} cannot be written by this process"
        raise InvalidInput(detail, place="folder", code="no_folder")
    return path


def put(folder: Path, name: str, text: str) -> None:
    """Write one file; that it is there already with the same words is well.

    Raises:
        Conflict: It is there with other words.
        OSError: The folder does not take it.
    """
    path, body = folder / f"{name}{SUFFIX}", text.encode()
    if not folder.is_dir():  # an unmounted bucket leaves an empty place; never make it
        raise FileNotFoundError(f"the folder is not there: {folder}")
    if not path.exists():
        _write(path, body)
    if path.read_bytes() != body:
        detail = f"{path.name} is there with other checkpoints"
        raise Conflict(detail)


def _write(path: Path, body: bytes) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with draft.open("xb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another server was faster; what it wrote is compared
    except OSError:
        draft.replace(path)  # buckets know no links
        return
    draft.unlink()


def newest(folder: Path, prefix: str) -> str:
    """Return the words of the newest file whose name begins so, empty where there is none.

    Raises:
        OSError: The folder cannot be read.
    """
    paths = [one for one in folder.iterdir() if _is_ours(one, prefix)]
    return _read(max(paths, key=lambda path: path.name)) if paths else ""


def every_text(place: Path) -> Iterator[str]:
    """Yield the words of a file, or of all files of a folder and of those below it.

    Raises:
        InvalidInput: The place is not there, or a file of it is too large or no text.
    """
    if not place.exists():
        detail = f"{place} is not there"
        raise InvalidInput(detail, place="checkpoints", code="no_file")
    files = [place] if place.is_file() else sorted(p for p in place.rglob("*") if p.is_file())
    for path in files:
        if not path.name.startswith("."):
            yield _read(path)


def _is_ours(path: Path, prefix: str) -> bool:
    return path.suffix == SUFFIX and path.name.startswith(prefix)


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InvalidInput("the file is too large", place=str(path), code="too_large")
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        detail = f"cannot be read: {type(error).__name__}"
        raise InvalidInput(detail, place=str(path), code="no_file") from None
