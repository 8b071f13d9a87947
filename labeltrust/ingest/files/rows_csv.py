"""CSV: a header line, then one label a row (columns: `_rows.py`).

Comma, double quotes, UTF-8; line ends of any kind. A row is the unit of trouble: one with a stray
quote, the wrong number of cells or bytes that are not UTF-8 becomes a problem, and reading goes on
with the next line. Blank lines count as rows, as in a spreadsheet, and say nothing.
"""

from collections.abc import Iterator
from itertools import islice

from labeltrust.domain.errors import InvalidEvent, UnreadableDelivery
from labeltrust.domain.events import Event, Piece
from labeltrust.ingest._base import collect
from labeltrust.ingest.files._base import FileFormat, Readable, RowSettings
from labeltrust.ingest.files._lines import Lines
from labeltrust.ingest.files._rows import Layout
from labeltrust.ingest.files._table import Row, header_text, table_rows


def read(stream: Readable, settings: RowSettings) -> Iterator[Piece]:
    """Yield the rows of a CSV file piece by piece.

    Raises:
        UnreadableDelivery: No header, or a column that is unknown, missing or there twice.

    >>> import io
    >>> file = io.BytesIO(b"item,labeler,label" + bytes([10]) + b"txn-9,alice,benign")
    >>> next(read(file, RowSettings(project="fraud"))).parsed.events[0].label
    'benign'
    """
    lines = Lines(stream)
    names, header = _header(lines)
    layout = Layout(names, settings)
    rows, first_row = table_rows(lines), 1
    while piece := list(islice(rows, settings.rows_per_piece)):
        yield _piece(piece, layout, header, first_row)
        first_row += len(piece)


def _header(lines: Lines) -> tuple[list[str], str]:
    for cells, taken in table_rows(lines):
        if isinstance(cells, InvalidEvent):
            raise UnreadableDelivery(cells.detail, place="header", code=cells.code)
        if cells:
            return [_column(cell) for cell in cells], header_text(taken)
    raise UnreadableDelivery("the file is empty", code="empty")


def _column(cell: str) -> str:
    name = cell.strip()
    if ";" in name or "\t" in name:
        detail = f"columns are apart by commas, not as in {name[:60]!r}"
        raise UnreadableDelivery(detail, place="header", code="unknown_column")
    return name


def _piece(rows: list[Row], layout: Layout, header: str, first_row: int) -> Piece:
    def event(cells: list[str] | InvalidEvent) -> Event:
        if isinstance(cells, InvalidEvent):
            raise cells
        return layout.event(cells)

    told = [(position, cells) for position, (cells, _) in enumerate(rows) if cells]
    parsed = collect(event, [position for position, _ in told], [cells for _, cells in told])
    text = header + "".join("".join(taken) for _, taken in rows)
    return Piece(raw=text.encode(errors="surrogateescape"), parsed=parsed, first_row=first_row)


FORMAT = FileFormat(name="csv", title="CSV table", parser_version="csv/1", read=read)
