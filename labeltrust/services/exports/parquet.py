"""The consensus labels as they are, byte for byte."""

import shutil
from pathlib import Path

from labeltrust.services._snapshot_files import LABELS
from labeltrust.services.exports._base import ExportForm, Exporting


def _write(exporting: Exporting, out: Path) -> None:
    shutil.copyfile(exporting.folder / LABELS, out)


EXPORT = ExportForm(title="Parquet, one row an item and question", write=_write)
