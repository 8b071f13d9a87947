"""Rows of a text table, in which a broken row spoils no other."""

import csv
import re
from collections.abc import Iterator

from labeltrust.domain.errors import InvalidEvent
from labeltrust.ingest.files._lines import Lines

MAX_ROW_LINES = 1_000  # a row of more lines is a quote that was never closed

_LOST_BYTES = re.compile("[\udc80-\udcff]")  # what bytes that are not UTF-8 are read as

Row = tuple[list[str] | InvalidEvent, list[str]]
"""The cells of a row or what is wrong with it, and its lines."""


def table_rows(lines: Lines, delimiter: str = ",") -> Iterator[Row]:
    """Yield the rows of a table; blank lines are rows without cells.

    >>> import io
    >>> [cells for cells, _ in table_rows(Lines(io.BytesIO(b"a,b")))]
    [['a', 'b']]
    """
    while True:
        reader = csv.reader(_row_lines(lines), delimiter=delimiter, strict=True)
        while True:
            lines.begin()
            try:
                cells: list[str] = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                lines.back()
                detail = f"broken row: {str(error).replace(chr(9), 'tab')}"
                yield InvalidEvent(detail, code="broken_row"), lines.taken
                break  # the reader may be inside a quote: begin a new one with the next line
            if lines.is_dirty and any(map(_LOST_BYTES.search, cells)):
                yield InvalidEvent("holds bytes that are not UTF-8", code="not_utf8"), lines.taken
            else:
                yield cells, lines.taken


def header_text(taken: list[str]) -> str:
    """Return the lines of a header so that the rows of any piece may follow it.

    A lone carriage return would be one line end with the line feed of a blank row.

    >>> header_text(["a,b" + chr(13)]).encode().hex(" ")
    '61 2c 62 0d 0a'
    """
    text = "".join(taken)
    return text + "\n" if text.endswith("\r") else text


def _row_lines(lines: Lines) -> Iterator[str]:
    for line in lines:
        if len(lines.taken) > MAX_ROW_LINES:
            raise csv.Error(f"a quoted cell is longer than {MAX_ROW_LINES} lines")
        yield line
