"""A zip read member by member, with caps on how much may come out of how little."""

import io
import json
import stat
import zlib
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from labeltrust.domain.errors import TooLarge, UnreadableDelivery
from labeltrust.ingest._strict_json import shown
from labeltrust.ingest.files._base import Readable, RowSettings
from labeltrust.ingest.files._gzip import FREE_BYTES, MAX_RATIO
from labeltrust.ingest.files._members import PACKING, Members, Single, checked_names
from labeltrust.ingest.files._streams import Rewound, Seekable, first_bytes

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
MAX_IN_MEMORY_BYTES = 2**29
_ENCRYPTED = 0x1
_BROKEN = (
    BadZipFile, LargeZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError,
    ValueError, OverflowError,
)  # fmt: skip


class Zipped(Members):
    """The files of a zip.

    >>> from labeltrust.ingest.files._members import packed
    >>> Zipped(io.BytesIO(packed({"a/b.txt": b"hello"}))).document("a/b.txt")
    b'hello'
    """

    def __init__(self, stream: Seekable) -> None:
        """Read the table of contents.

        Raises:
            UnreadableDelivery: Broken, encrypted, or with links, double names or paths that lead
                out of it.
            TooLarge: A bomb, or too many files.
        """
        try:
            self._zip = ZipFile(stream)
        except _BROKEN as error:
            raise _broken(error) from None
        found = {info.filename: info for info in self._zip.infolist() if not info.is_dir()}
        if len(found) < sum(not info.is_dir() for info in self._zip.infolist()):
            raise UnreadableDelivery("two files of the zip have one name", code="bad_zip")
        self.names = checked_names(found)
        for info in found.values():
            _check(info)
        self._check_sizes(list(found.values()), stream)
        told = _packing(self._zip.comment)
        self.is_alone, self.is_packed = told.get("alone") is True, bool(told)
        labeler = told.get("labeler")
        self.labeler = labeler if isinstance(labeler, str) and labeler else None

    def open(self, name: str) -> Readable:
        """Open one file."""
        try:
            return _Member(self._zip.open(name), name)
        except _BROKEN as error:
            raise _broken(error) from None

    @staticmethod
    def _check_sizes(found: list[ZipInfo], stream: Seekable) -> None:
        size = stream.seek(0, io.SEEK_END)
        if sum(info.compress_size for info in found) > size:
            raise TooLarge("the files of the zip overlap, as in a zip bomb")
        for info in found:
            if info.file_size > max(FREE_BYTES, MAX_RATIO * info.compress_size):
                detail = f"{shown(info.filename)} unpacks to more than {MAX_RATIO} times its size"
                raise TooLarge(detail)


class _Member:
    """A file of a zip; never gives more than its entry says, and its checksum is compared."""

    def __init__(self, stream: Readable, name: str) -> None:
        self._stream = stream
        self._name = name

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, b"" at the end; all of them for -1."""
        try:
            return self._stream.read(size)
        except _BROKEN as error:
            raise _broken(error, self._name) from None


def members_of(stream: Readable, settings: RowSettings) -> Members:
    """Return the files of what was opened, or of a zip that was not; a plain file is one.

    >>> members_of(io.BytesIO(b"x"), RowSettings(project="p", file="alice.jsonl")).names
    ('alice.jsonl',)
    """
    if isinstance(stream, Members):
        return stream
    head = first_bytes(stream, len(ZIP_MAGIC[0]))
    whole = Rewound(head, stream)
    if head.startswith(ZIP_MAGIC):
        return unzipped(whole)
    return Single(settings.file or "file", whole)


def unzipped(stream: Rewound) -> Zipped:
    """Return the files of a zip, in place where its stream can go back, else out of memory.

    Raises:
        TooLarge: Longer than 512 MiB where it must be held in memory.
    """
    found = stream.from_start()
    if found is None:
        found = io.BytesIO()
        while block := stream.read(2**20):
            found.write(block)
            if found.tell() > MAX_IN_MEMORY_BYTES:
                raise TooLarge(f"the zip is longer than {MAX_IN_MEMORY_BYTES} bytes")
    return Zipped(found)


def _check(info: ZipInfo) -> None:
    if stat.S_ISLNK(info.external_attr >> 16):
        raise UnreadableDelivery(f"{shown(info.filename)} is a link", code="bad_path")
    if info.flag_bits & _ENCRYPTED:
        raise UnreadableDelivery(f"{shown(info.filename)} is encrypted", code="bad_zip")


def _packing(comment: bytes) -> dict[str, object]:
    """Return what our own packing says; anybody may write it, so it is checked like any input."""
    if not comment.startswith(PACKING):
        return {}
    try:
        told = json.loads(comment.removeprefix(PACKING))
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _broken(error: Exception, name: str = "") -> UnreadableDelivery:
    reason = " ".join(str(error).split())[:200] or type(error).__name__
    shown_reason = reason if reason.isprintable() else repr(reason)
    return UnreadableDelivery(f"broken zip: {shown_reason}", place=name, code="bad_zip")
