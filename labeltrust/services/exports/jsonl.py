"""The consensus labels as JSON, one object a line; what is not known is null."""

from pathlib import Path

import msgspec

from labeltrust.services.exports._base import ExportForm, Exporting


def _write(exporting: Exporting, out: Path) -> None:
    encode = msgspec.json.Encoder().encode
    with out.open("wb") as file:
        for rows in exporting.batches():
            file.writelines(encode(row) + b"\n" for row in rows)


EXPORT = ExportForm(title="JSON lines, one object an item and question", write=_write)
