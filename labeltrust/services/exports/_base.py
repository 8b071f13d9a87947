"""What every form of export is made of."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from labeltrust.services._snapshot_files import LABELS

_BATCH_ROWS = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporting:
    """A snapshot that is being written in another form.

    Attributes:
        number: Of the snapshot.
        folder: Where its files lie; they were compared with the manifest.
        manifest: As it was signed.
        scales: Scale of every question that the project has now, by name.
    """

    number: int
    folder: Path
    manifest: Mapping[str, Any]
    scales: Mapping[str, str]

    def batches(self) -> Iterator[list[dict[str, Any]]]:
        """Yield the rows of the consensus labels, some at a time, in the order of the file."""
        with pq.ParquetFile(self.folder / LABELS) as file:
            for batch in file.iter_batches(_BATCH_ROWS):
                yield batch.to_pylist()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportForm:
    """A form that a training set can be written in.

    Attributes:
        title: In words.
        write: Writes to a path that is not there yet: a file, or a folder that it makes.
    """

    title: str
    write: Callable[[Exporting, Path], None]
