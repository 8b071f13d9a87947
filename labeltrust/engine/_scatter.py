"""A block as Parquet files, one a hash bucket of items, for machines that share a folder."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from labeltrust.counts import Judgments
from labeltrust.counts._split import bucket
from labeltrust.engine._parts import READ, Space


def space_of(judgments: Judgments, parts: int) -> Space:
    """Return what the codes of a scattered block mean: themselves."""
    return Space(
        parts=parts,
        values=judgments.values,
        level=judgments.level,
        labeler_ids=np.arange(judgments.n_labelers),
        label_codes=np.arange(judgments.n_labels),
        likeness=judgments.likeness,
        as_it_was=True,
    )


def scatter(judgments: Judgments, folder: Path, parts: int) -> Iterator[Path]:
    """Write the parts that hold anything, rows in the order of the block, and yield their files."""
    part = bucket(judgments.item_id, parts)[judgments.item]
    order = np.argsort(part, kind="stable")
    bounds = np.searchsorted(part[order], np.arange(parts + 1))
    for number in np.flatnonzero(np.diff(bounds)).tolist():
        path = folder / f"part-{number:05}.parquet"
        rows = order[bounds[number] : bounds[number + 1]]
        pq.write_table(_table(judgments, rows), path, compression="zstd")
        yield path


def _table(judgments: Judgments, rows: NDArray[np.int64]) -> pa.Table:
    item = judgments.item[rows]
    columns = {
        "item": judgments.item_id[item],
        "labeler": judgments.labeler[rows],
        "label": judgments.label[rows],
        "occurred_us": judgments.occurred_us[rows],
        "received_us": judgments.received_us[rows],
        "duration_seconds": judgments.duration_seconds[rows],
        "suggestion": judgments.suggestion[rows],
        "gold": judgments.gold[item],
        "source": np.zeros(rows.size, dtype=np.int64),
    }
    return pa.table([pa.array(columns[f.name]).cast(f.type) for f in READ], schema=READ)
