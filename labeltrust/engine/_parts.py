"""One part of a question as Arrow batches: what a machine of a cluster is given and gives back.

Nothing here knows of a cluster: batches in, batches out. A part holds whole items, those of one
hash bucket, and comes in pieces of any size.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labeltrust.counts import Counter, Counts, Judgments, block
from labeltrust.counts._base import NO_GOLD, Float, Int
from labeltrust.counts._likeness import Likeness
from labeltrust.counts._split import bucket
from labeltrust.counts._tally import with_tally
from labeltrust.domain.errors import InvalidInput
from labeltrust.engine._bytes import from_bytes, to_bytes
from labeltrust.engine.adding import FAN_IN, added

READ: Final = pa.schema(
    [
        ("item", pa.int64()),
        ("labeler", pa.int64()),
        ("label", pa.int32()),
        ("occurred_us", pa.int64()),
        ("received_us", pa.int64()),
        ("duration_seconds", pa.float64()),
        ("suggestion", pa.int32()),
        ("gold", pa.int32()),
        ("source", pa.int64()),
    ]
)
"""Columns of judgments that counting reads; a file may have more."""
COUNTED: Final = pa.schema(
    [
        ("counter", pa.string()),
        ("part_group", pa.int32()),
        ("part", pa.int32()),
        ("rows", pa.int64()),
        ("counts", pa.binary()),
    ]
)
"""What counting a part, or adding counts of parts, gives: one row a counter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """What the codes of all parts of a question mean.

    Attributes:
        parts: Number of hash buckets.
        values: (n_labels,) numeric position of each label.
        level: Level of measurement.
        labeler_ids: (n_labelers,) ids in the column `labeler`, ascending: the place is the code.
        label_codes: (k,) label code of each number in the columns `label`, `suggestion` and `gold`,
            -1 for one that is no label of the scale.
        without_sources: Ids of sources whose judgments do not count.
        likeness: How alike labels with parts are; None for other levels.
        as_it_was: Rows have the order of a block already, which may have another one than by label.
    """

    parts: int
    values: Float
    level: str
    labeler_ids: Int
    label_codes: Int
    without_sources: tuple[int, ...] = ()
    likeness: Likeness | None = None
    as_it_was: bool = False


def count_part(
    batches: Iterable[pa.RecordBatch], space: Space, counters: Mapping[str, Counter[Counts]]
) -> Iterator[pa.RecordBatch]:
    """Count the judgments of a part with every counter.

    Args:
        batches: In the columns of `READ`, whole items of one bucket, in any pieces.
        space: What their codes mean.
        counters: Counters by name.

    Yields:
        One batch of `COUNTED` a counter.

    Raises:
        InvalidInput: Items of several buckets, or codes outside the space.
    """
    table = pa.Table.from_batches(list(batches), schema=READ)
    if not table.num_rows:
        return
    number = _part_of(_column(table, "item"), space.parts)
    judgments = with_tally(block_of(table, space))
    for name, counter in counters.items():
        yield _row(name, number, table.num_rows, counter.count(judgments))


def block_of(table: pa.Table, space: Space) -> Judgments:
    """Return the block of a part, or of any whole items.

    Raises:
        InvalidInput: A labeler or a label outside the space.
    """
    if space.without_sources:
        kept = ~np.isin(_column(table, "source"), space.without_sources)
        table = table.filter(pa.array(kept))
    rows = {name: _column(table, name) for name in READ.names}
    labels = np.append(space.label_codes, -1)  # the last place answers for -1, nothing
    rows |= {name: labels[rows[name]] for name in ("label", "suggestion", "gold")}
    rows["labeler"] = _coded(rows["labeler"], space.labeler_ids)
    found = _as_it_was(rows, space) if space.as_it_was else _sorted(rows, space)
    return replace(found, likeness=space.likeness)


def _sorted(rows: dict[str, NDArray[Any]], space: Space) -> Judgments:
    """Return rows in any order as a block."""
    items, first = np.unique(rows["item"], return_index=True)
    known = rows["gold"][first] != NO_GOLD
    return block(
        rows["item"],
        rows["labeler"],
        rows["label"],
        n_labelers=space.labeler_ids.size,
        values=space.values,
        level=space.level,
        occurred_us=rows["occurred_us"],
        received_us=rows["received_us"],
        duration_seconds=rows["duration_seconds"],
        suggestion=rows["suggestion"],
        gold=(items[known], rows["gold"][first][known]),
    )


def _as_it_was(rows: dict[str, NDArray[Any]], space: Space) -> Judgments:
    """Return rows of a block as the block that they were: in their order, on which sums depend."""
    items, first, code = np.unique(rows["item"], return_index=True, return_inverse=True)
    return Judgments(
        item=code,
        labeler=rows["labeler"],
        label=rows["label"],
        occurred_us=rows["occurred_us"],
        received_us=rows["received_us"],
        duration_seconds=rows["duration_seconds"],
        suggestion=rows["suggestion"],
        gold=rows["gold"][first],
        values=space.values,
        item_id=items,
        features={},
        n_labelers=space.labeler_ids.size,
        level=space.level,
    )


def add_parts(
    batches: Iterable[pa.RecordBatch], counters: Mapping[str, Counter[Counts]]
) -> Iterator[pa.RecordBatch]:
    """Add the counts of the parts of one group, in the order of the parts.

    Args:
        batches: Of `COUNTED`, in any order.
        counters: Counters by name.

    Yields:
        One batch of `COUNTED` a counter; `part` is the first part of the group.
    """
    for name, rows in _by_counter(batches).items():
        total = added(from_bytes(counters[name].counts, raw) for _, _, raw in rows)
        yield _row(name, rows[0][0], sum(n for _, n, _ in rows), total)


def added_by_group(
    counted: Iterable[pa.RecordBatch], counters: Mapping[str, Counter[Counts]]
) -> pa.Table:
    """Add the counts of parts that come in order, holding no more than one group of them.

    Args:
        counted: Batches of `COUNTED`, all those of one group before those of the next.
        counters: Counters by name.
    """
    groups = groupby(counted, key=lambda row: row["part_group"][0].as_py())
    added = [row for _, group in groups for row in add_parts(group, counters)]
    return pa.Table.from_batches(added, COUNTED)


def total_of(
    table: pa.Table, counters: Mapping[str, Counter[Counts]], rows: int
) -> dict[str, Counts]:
    """Return the counts of a whole question from those of its groups of parts.

    Raises:
        InvalidInput: Other than the expected judgments were counted: a part was lost or cut.
    """
    found = {}
    groups = _by_counter(table.to_batches())
    for name, counter in counters.items():
        parts = groups.get(name, [])
        counted = sum(n for _, n, _ in parts)
        if counted != rows or len({number for number, _, _ in parts}) != len(parts):
            detail = f"{name} counted {counted} judgments of {rows} in {len(parts)} groups of parts"
            raise InvalidInput(detail, code="parts_incomplete")
        found[name] = added(from_bytes(counter.counts, raw) for _, _, raw in parts)
    return found


def _by_counter(batches: Iterable[pa.RecordBatch]) -> dict[str, list[tuple[int, int, bytes]]]:
    found: dict[str, list[tuple[int, int, bytes]]] = defaultdict(list)
    for batch in batches:
        for row in batch.to_pylist():
            found[row["counter"]].append((row["part"], row["rows"], row["counts"]))
    return {name: sorted(rows, key=lambda row: row[0]) for name, rows in found.items()}


def _row(name: str, part: int, rows: int, counts: Counts) -> pa.RecordBatch:
    columns: list[list[Any]] = [[name], [part // FAN_IN], [part], [rows], [to_bytes(counts)]]
    arrays = [pa.array(c, field.type) for c, field in zip(columns, COUNTED, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=COUNTED)


def _part_of(item: Int, parts: int) -> int:
    numbers = np.unique(bucket(item, parts))
    if numbers.size != 1:
        detail = f"a part holds items of {numbers.size} buckets of {parts}"
        raise InvalidInput(detail, code="parts_mixed")
    return int(numbers[0])


def _coded(labeler: Int, ids: Int) -> Int:
    place = np.searchsorted(ids, labeler)
    known = np.append(ids, -1)[place] == labeler
    if not known.all():
        detail = f"labeler {labeler[~known][0]} is none of the {ids.size} of the question"
        raise InvalidInput(detail, code="code_outside_space")
    return place


def _column(table: pa.Table, name: str) -> NDArray[Any]:
    column: NDArray[Any] = table.column(name).to_numpy()
    return column
