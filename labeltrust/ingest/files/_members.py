"""The files of an export: one file, those of a zip, or those of a folder.

Nothing is ever unpacked to disk. Names are checked all the same: they become items and labelers,
and a name that leads out of its folder is the mark of a file made to do harm.
"""

import io
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from labeltrust.domain.errors import InvalidInput, TooLarge, UnreadableDelivery
from labeltrust.ingest._strict_json import shown, text_flaw
from labeltrust.ingest.files._base import Readable
from labeltrust.ingest.files._look import Look
from labeltrust.ingest.files._streams import Rewound, first_bytes

HEAD_BYTES = 65_536
MOST_LOOKED_AT = 10  # beside the labels lie a readme, a list of classes, pictures
MAX_MEMBERS = 200_000
MAX_DOCUMENT_BYTES = 64 * 2**20  # of a file that is read as one: a page's annotations, an image's
PACKING = b"labeltrust:"
"""Begins the comment of a zip that is a piece of an export, packed by us; JSON follows."""
_PASSED_OVER = ("__MACOSX", "Thumbs.db", "desktop.ini")


class Members(ABC):
    """The files of an export by their paths, which are sorted and below its root.

    Read as a stream, a Members with one file is that file.

    Attributes:
        names: The paths, with `/`.
        labeler: Who labeled all of it, where our own packing says so.
        is_alone: It is one file, not a zip or folder that holds it.
        is_packed: It is a piece of an export, packed by us.
    """

    names: tuple[str, ...] = ()
    labeler: str | None = None
    is_alone: bool = False
    is_packed: bool = False
    _only: Readable | None = None

    @abstractmethod
    def open(self, name: str) -> Readable:
        """Open one file."""

    def look(self) -> Look:
        """Return what the first files look like, and all names."""
        heads = [self._head(name) for name in self.names[:MOST_LOOKED_AT]]
        others = [Look(head, self.names) for head in heads[1:]]
        return Look(heads[0] if heads else b"", self.names, others)

    def _head(self, name: str) -> bytes:
        try:
            return first_bytes(self.open(name), HEAD_BYTES)
        except InvalidInput:
            return b""  # whoever reads it says what is wrong with it

    def read(self, size: int = -1, /) -> bytes:
        """Read the only file.

        Raises:
            UnreadableDelivery: There are several, or none.
        """
        if self._only is None:
            if len(self.names) != 1:
                detail = f"holds {len(self.names)} files where this format is one file"
                raise UnreadableDelivery(detail, code="several_files")
            self._only = self.open(self.names[0])
        return self._only.read(size)

    def document(self, name: str) -> bytes:
        """Return the whole of a small file.

        Raises:
            TooLarge: It is longer than 64 MiB.
        """
        stream, parts, n_bytes = self.open(name), [], 0
        while part := stream.read(2**20):
            parts.append(part)
            n_bytes += len(part)
            if n_bytes > MAX_DOCUMENT_BYTES:
                raise TooLarge(f"{shown(name)} is longer than {MAX_DOCUMENT_BYTES} bytes")
        return b"".join(parts)

    def ending(self, *suffixes: str) -> Iterator[str]:
        """Yield the names with one of some endings."""
        return (name for name in self.names if name.endswith(suffixes))


class Single(Members):
    """One file that is no zip."""

    is_alone = True

    def __init__(self, name: str, stream: Readable) -> None:
        """Take the stream as the only file."""
        self.names = (name,)
        self._stream = stream

    def open(self, name: str) -> Readable:
        """Return the stream."""
        del name
        return self._stream

    def look(self) -> Look:
        """Return what the file looks like; it can be read from its beginning all the same."""
        head = first_bytes(self._stream, HEAD_BYTES)
        self._stream = Rewound(head, self._stream)
        return Look(head, self.names)


def checked_names(names: Mapping[str, object]) -> tuple[str, ...]:
    """Return the paths that matter, sorted.

    Raises:
        UnreadableDelivery: One leads out of the folder, or is no text.
        TooLarge: More than 200,000.

    >>> checked_names({"b.ann": 0, "a/b.ann": 0, "__MACOSX/b.ann": 0, ".git": 0})
    ('a/b.ann', 'b.ann')
    """
    if len(names) > MAX_MEMBERS:
        raise TooLarge(f"holds {len(names)} files, at most {MAX_MEMBERS} are read")
    for name in names:
        parts = name.split("/")
        is_out = name.startswith("/") or ".." in parts or "\\" in name or ":" in parts[0]
        if is_out or text_flaw(name) or not name.isprintable():
            detail = f"the path {shown(name)} leads out of its folder or is no file name"
            raise UnreadableDelivery(detail, code="bad_path")
    return tuple(sorted(name for name in names if not _is_passed_over(name)))


def _is_passed_over(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part.startswith(".") or part in _PASSED_OVER for part in parts)


def packed(
    files: Mapping[str, bytes], labeler: str | None = None, *, is_alone: bool = False
) -> bytes:
    """Return a zip of some files, the same for the same files: how pieces of an export are kept.

    Args:
        files: Their contents by path.
        labeler: Whom the import names for all of it.
        is_alone: It is a piece of one file, not of a zip or folder.

    >>> packed({"a.ann": b""}) == packed({"a.ann": b""})
    True
    """
    body = io.BytesIO()
    with ZipFile(body, "w", ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(ZipInfo(name), content)
        told = {"alone": is_alone, "labeler": labeler}
        archive.comment = PACKING + json.dumps(told).encode()
    return body.getvalue()
