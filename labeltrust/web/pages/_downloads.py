"""Rows of a table as files: CSV that no spreadsheet takes for a formula, and JSON."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType

import msgspec
from litestar import Response

from labeltrust.domain.visible import spreadsheet_text
from labeltrust.web.errors import printable

Plain = str | int | float | bool | datetime | None
Record = Mapping[str, Plain]
FORMATS: Mapping[str, str] = MappingProxyType(
    {"csv": "text/csv", "json": "application/json"}  # the charset is added to every text
)


def csv_text(names: Sequence[str], records: Iterable[Record]) -> str:
    """Return records as CSV (RFC 4180), times in UTC, what is unknown empty.

    >>> csv_text(["a"], [{"a": 'x,y'}, {"a": None}]).split()
    ['a', '"x,y"', '""']
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows([_cell(record[name]) for name in names] for record in records)
    return out.getvalue()


def _cell(value: Plain) -> str | int | float:
    if isinstance(value, str):
        return spreadsheet_text(printable(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return _moment(value)
    return "" if value is None else value


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _json_value(value: Plain) -> Plain:
    if isinstance(value, str):
        return printable(value)
    return _moment(value) if isinstance(value, datetime) else value


def downloaded(
    name: str, columns: Sequence[str], records: Sequence[Record], form: str
) -> Response[bytes]:
    """Return records as a file.

    Args:
        name: Of the file, without its ending.
        columns: Keys of the records, in order.
        records: The rows.
        form: One of `FORMATS`.
    """
    if form == "csv":
        body = csv_text(columns, records).encode()
    else:
        rows = [{key: _json_value(row[key]) for key in columns} for row in records]
        body = msgspec.json.format(msgspec.json.encode(rows), indent=1)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.{form}"',
        "Cache-Control": "no-store",
    }
    return Response(body, media_type=FORMATS[form], headers=headers)
