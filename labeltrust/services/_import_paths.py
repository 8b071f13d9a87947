"""The file or folder of an import, opened so that it is known how much of it was read."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from labeltrust.domain.errors import InvalidInput, TooLarge, UnreadableDelivery
from labeltrust.ingest.files import Members, Readable, checked_names

MAX_DEPTH = 20


class Read(Protocol):
    """What is read, and how far it is read."""

    path: Path
    size: int
    bytes_read: int

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes."""


class CountedFile:
    """A file that knows how much of it was read."""

    def __init__(self, path: Path, stream: BinaryIO) -> None:
        """Begin at its beginning."""
        self.path = path
        self.size = os.fstat(stream.fileno()).st_size
        self.bytes_read = 0
        self._stream = stream

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes."""
        found = self._stream.read(size)
        self.bytes_read = min(self.size, self.bytes_read + len(found))
        return found

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to a place, as a zip is read."""
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """Return the place."""
        return self._stream.tell()

    def seekable(self) -> bool:
        """Say whether one can go back."""
        return self._stream.seekable()


class Folder(Members):
    """The files of a folder and of those inside; links and devices are refused."""

    def __init__(self, path: Path) -> None:
        """Look for the files.

        Raises:
            UnreadableDelivery: A link, a device, or a name that is none.
            TooLarge: Too many files, or too deep.
        """
        self.path = path
        self.bytes_read = 0
        found = dict(_files(path, PurePosixPath()))
        self.names = checked_names(found)
        self.size = sum(found[name] for name in self.names)

    def open(self, name: str) -> Readable:
        """Open one file, which is still none that leads elsewhere."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)
        try:
            stream = os.fdopen(os.open(self.path / name, flags), "rb")
        except OSError as error:
            detail = f"cannot be read: {error.strerror or error}"
            raise UnreadableDelivery(detail, place=name, code="unreadable_file") from None
        return _Part(self, stream)


class _Part:
    """A file of a folder, closed at its end."""

    def __init__(self, folder: Folder, stream: BinaryIO) -> None:
        self._folder = folder
        self._stream = stream

    def read(self, size: int = -1, /) -> bytes:
        if self._stream.closed:
            return b""
        found = self._stream.read(size)
        self._folder.bytes_read = min(self._folder.size, self._folder.bytes_read + len(found))
        if not found and size != 0:
            self._stream.close()
        return found

    def __del__(self) -> None:
        self._stream.close()


def _files(folder: Path, below: PurePosixPath) -> Iterator[tuple[str, int]]:
    if len(below.parts) > MAX_DEPTH:
        raise TooLarge(f"folders lie deeper than {MAX_DEPTH} in each other")
    with os.scandir(folder) as entries:
        inside = list(entries)
    for entry in inside:
        path = below / entry.name
        found = entry.stat(follow_symlinks=False)
        if stat.S_ISDIR(found.st_mode):
            yield from _files(Path(entry.path), path)
        elif stat.S_ISREG(found.st_mode):
            yield str(path), found.st_size
        else:
            kind = "a link" if stat.S_ISLNK(found.st_mode) else "no regular file"
            raise UnreadableDelivery(f"{str(path)!r} is {kind}", code="bad_path")


@contextmanager
def opened_path(path: Path) -> Iterator[Read]:
    """Open a file or folder.

    Raises:
        InvalidInput: It cannot be read.
    """
    try:
        if path.is_dir():
            yield Folder(path)
            return
        with path.open("rb") as stream:
            yield CountedFile(path, stream)
    except OSError as error:
        detail = f"cannot be read: {error.strerror or error}"
        raise InvalidInput(detail, code="unreadable_file") from None
