"""The consensus labels as CSV that no spreadsheet runs: what is not known is empty."""

import csv
from pathlib import Path

import pyarrow.parquet as pq

from labeltrust.domain.visible import spreadsheet_text
from labeltrust.services._snapshot_files import LABELS
from labeltrust.services.exports._base import ExportForm, Exporting


def _write(exporting: Exporting, out: Path) -> None:
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(pq.read_schema(exporting.folder / LABELS).names)
        for rows in exporting.batches():
            writer.writerows([_cell(value) for value in row.values()] for row in rows)


def _cell(value: object) -> object:
    """Return a cell; a text that would be a formula gets an apostrophe, which others must know of.

    >>> _cell("=1+1"), _cell(None), _cell(True)
    ("'=1+1", '', 'true')
    """
    if isinstance(value, str):
        return spreadsheet_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value


EXPORT = ExportForm(title="CSV that no spreadsheet takes for formulas", write=_write)
