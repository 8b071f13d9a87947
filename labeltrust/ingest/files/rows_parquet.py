"""Parquet: the columns of a CSV table (`_rows.py`), with the types of the file.

Times are timestamps with a zone or ISO texts; labels are texts, numbers or lists of texts. An
index column that pandas left in the file is passed over.
"""

import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from labeltrust.domain.errors import TooLarge, UnreadableDelivery
from labeltrust.domain.events import Piece
from labeltrust.ingest._base import collect
from labeltrust.ingest.files._base import FileFormat, Readable, RowSettings
from labeltrust.ingest.files._rows import Layout

BLOCK_BYTES = 2**20
MAX_FILE_BYTES = 2**29  # it is read from its end, so that the whole of it is in memory
_BROKEN = (pa.ArrowException, OSError, ValueError, RuntimeError, NotImplementedError)


def read(stream: Readable, settings: RowSettings) -> Iterator[Piece]:
    """Yield the rows of a Parquet file piece by piece.

    Raises:
        UnreadableDelivery: Not Parquet, broken, a column that is unknown, missing or there twice,
            or times without a zone.
        TooLarge: More than 512 MiB.

    >>> table = pa.table({"item": ["txn-9"], "labeler": ["alice"], "label": ["benign"]})
    >>> file = io.BytesIO()
    >>> pq.write_table(table, file)
    >>> next(read(io.BytesIO(file.getvalue()), RowSettings(project="p"))).parsed.events[0].item
    'txn-9'
    """
    file = _opened(stream)
    names = [name for name in file.schema_arrow.names if not name.startswith("__index_level_")]
    layout = Layout(names, settings)
    if settings.zone is None:
        _check_times(file.schema_arrow)
    first_row = 1
    for batch in _batches(file, names, settings.rows_per_piece):
        yield _piece(batch, layout, first_row)
        first_row += batch.num_rows


def _opened(stream: Readable) -> pq.ParquetFile:
    content = io.BytesIO()
    while block := stream.read(BLOCK_BYTES):
        content.write(block)
        if content.tell() > MAX_FILE_BYTES:
            detail = f"the Parquet file is longer than {MAX_FILE_BYTES} bytes; import it in parts"
            raise TooLarge(detail)
    try:
        return pq.ParquetFile(content)
    except _BROKEN as error:
        raise _unreadable(error) from None


def _check_times(schema: pa.Schema) -> None:
    for name in ("created_at", "revised_at"):
        kind = schema.field(name).type if name in schema.names else None
        if kind is not None and pa.types.is_timestamp(kind) and kind.tz is None:
            detail = f"column {name!r} has times without a zone; store them as UTC"
            raise UnreadableDelivery(detail, place="header", code="time_without_zone")


def _batches(file: pq.ParquetFile, names: list[str], n_rows: int) -> Iterator[pa.RecordBatch]:
    try:
        yield from file.iter_batches(batch_size=n_rows, columns=names)
    except _BROKEN as error:
        raise _unreadable(error) from None


def _piece(batch: pa.RecordBatch, layout: Layout, first_row: int) -> Piece:
    try:
        rows = list(zip(*(_cells(column) for column in batch.columns), strict=True))
        raw = io.BytesIO()
        pq.write_table(pa.Table.from_batches([batch]), raw)
    except _BROKEN as error:
        raise _unreadable(error) from None
    parsed = collect(layout.event, range(len(rows)), rows)
    return Piece(raw=raw.getvalue(), parsed=parsed, first_row=first_row)


def _cells(column: pa.Array) -> list[object]:
    if pa.types.is_timestamp(column.type):
        # Nanoseconds do not fit Python's times; cutting them off orders no two rows differently.
        column = column.cast(pa.timestamp("us", tz=column.type.tz and "UTC"), safe=False)
    cells: list[object] = column.to_pylist()
    return cells


def _unreadable(error: Exception) -> UnreadableDelivery:
    reason = " ".join(str(error).split())[:200]
    return UnreadableDelivery(f"no readable Parquet file: {reason}", code="bad_parquet")


FORMAT = FileFormat(name="parquet", title="Parquet", parser_version="parquet/1", read=read)
