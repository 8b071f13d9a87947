"""Files of labels, read piece by piece out of a stream that the caller opens.

    for piece in read_file(stream, RowSettings(project="fraud")):
        ...

One module a format, each exporting FORMAT; gzip and zip are unpacked on the way.
"""

import sys
from collections.abc import Iterator

from labeltrust.discovery import discover
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.events import Piece
from labeltrust.ingest.files._around import check_export_config
from labeltrust.ingest.files._base import ROWS_PER_PIECE, FileFormat, Readable, RowSettings
from labeltrust.ingest.files._look import Look
from labeltrust.ingest.files._members import Members, checked_names
from labeltrust.ingest.files._opening import AUTO, format_of, opened

__all__ = [
    "AUTO",
    "ROWS_PER_PIECE",
    "FileFormat",
    "Look",
    "Members",
    "Readable",
    "RowSettings",
    "check_export_config",
    "checked_names",
    "file_format",
    "file_formats",
    "opened",
    "read_file",
]


def file_formats() -> dict[str, FileFormat]:
    """Return the file formats found, by name.

    >>> {"csv", "jsonl", "label-studio", "parquet"} <= file_formats().keys()
    True
    """
    modules = discover(sys.modules[__name__], "FORMAT", FileFormat)
    return {one.name: one for one in modules.values()}


def file_format(name: str, look: Look | None = None) -> FileFormat:
    """Return a format by its name, or for `auto` the one that a file looks like.

    Raises:
        InvalidInput: There is no such format, or several come into question.

    >>> file_format("auto", Look(b"item,labeler,label")).name
    'csv'
    """
    formats = file_formats()
    wanted = format_of(look or Look(b""), formats) if name == AUTO else name
    if wanted in formats:
        return formats[wanted]
    detail = f"unknown format {name!r}; known are {', '.join([AUTO, *sorted(formats)])}"
    raise InvalidInput(detail, code="unknown_format")


def read_file(stream: Readable, settings: RowSettings, name: str = AUTO) -> Iterator[Piece]:
    """Yield a file of any known format piece by piece, unpacked where it is gzip.

    Args:
        stream: The file, opened in binary mode at its beginning.
        settings: What the rows leave out.
        name: The format's name, or `auto`.

    Raises:
        InvalidInput: Unknown format, or UnreadableDelivery: no file of that format.
        TooLarge: A gzip or zip bomb.

    >>> import io
    >>> file = io.BytesIO(b"item,labeler,label" + bytes([10]) + b"txn-9,alice,benign")
    >>> [len(piece.parsed.events) for piece in read_file(file, RowSettings(project="fraud"))]
    [1]
    """
    look, whole = opened(stream)
    yield from file_format(name, look).read(whole, settings)
