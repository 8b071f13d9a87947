"""What every labeler, source and import is worth in a snapshot, counted once and kept beside it.

A snapshot's files never change, so neither do these numbers: a page that traces a labeler through a
hundred snapshots reads one row of each. They are derived: whoever deletes them loses time only.
"""

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from labeltrust.services._snapshot_files import JUDGMENTS

Int = NDArray[np.int64]
Float = NDArray[np.float64]

KEPT = ".shares"
"""Folder beside those of the snapshots."""
KINDS: Mapping[str, str] = {"labeler": "labeler_id", "source": "source", "import": "import"}
COUNTS = ("labels", "items", "alone", "changes", "not_compared")
MAJORITY = "majority"
_DIGITS = 9  # votes are sums of simple fractions; equal ones may differ by rounding only
_OF = b"labeltrust.manifest"
_READ = ("question", "item", "labeler", "label", *KINDS.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Votes:
    """The labels of a snapshot: rows, and the cells (item, label) that they vote for.

    Attributes:
        item: (n,) item codes.
        cell: (n,) codes of cells, ascending by item.
        vote: (n,) what a row's vote weighs.
        first: (n_items,) first cell of each item.
        width: (n_items,) how many cells it has.
        votes: (n_cells,) votes of all rows.
        voted: (n_items,) whether the consensus is the label with most votes.
    """

    item: Int
    cell: Int
    vote: Float
    first: Int
    width: Int
    votes: Float
    voted: NDArray[np.bool_]


def kept_shares(folder: Path, digest: str) -> pd.DataFrame | None:
    """Return what is kept of a snapshot, or None where nothing is.

    Args:
        folder: Of the snapshot.
        digest: SHA-256 of its manifest, in hex: what was counted of other files is not used.

    Returns:
        Columns kind, key (text), labels, items, alone, changes, not_compared.
    """
    try:
        table = pq.read_table(_place(folder))
    except (pa.ArrowInvalid, OSError):
        return None
    if (table.schema.metadata or {}).get(_OF) != digest.encode():
        return None
    found: pd.DataFrame = table.to_pandas()
    return found


def keep_shares(folder: Path, methods: Mapping[str, str], digest: str) -> pd.DataFrame | None:
    """Count what everybody is worth in a snapshot, keep it, and return it.

    Args:
        folder: Of the snapshot.
        methods: How the consensus of each question was taken.
        digest: SHA-256 of its manifest, in hex.

    Returns:
        As `kept_shares`; None where the judgments cannot be read, or were written before labelers
        had numbers there.
    """
    try:
        read = pq.read_table(folder / JUDGMENTS, columns=list(_READ))
    except (pa.ArrowInvalid, OSError):
        return None
    if set(read.column_names) != set(_READ):
        return None
    found = shares_of(read, methods)
    with suppress(OSError):  # nothing is lost but time
        _write(_place(folder), found, digest)
    return found


def _place(folder: Path) -> Path:
    return folder.parent / KEPT / f"{folder.name}.parquet"


def _write(place: Path, found: pd.DataFrame, digest: str) -> None:
    """Write in one step: whoever reads meanwhile sees all of it or nothing."""
    table = pa.Table.from_pandas(found, preserve_index=False)
    place.parent.mkdir(exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=place.parent, prefix=".draft-")
    os.close(handle)
    pq.write_table(table.replace_schema_metadata({_OF: digest.encode()}), draft)
    Path(draft).rename(place)


def shares_of(table: pa.Table, methods: Mapping[str, str]) -> pd.DataFrame:
    """Return one row a labeler, source and import: what its labels are worth.

    >>> said = {"question": ["q"] * 3, "item": ["a", "a", "b"], "labeler": ["x", "y", "x"]}
    >>> said |= {"label": ["no", "no", "no"], "labeler_id": [1, 2, 1], "source": ["s"] * 3}
    >>> found = shares_of(pa.table(said | {"import": [4, 4, 5]}), {"q": "majority"})
    >>> found[found["kind"] == "labeler"][["key", "labels", "alone", "changes"]].values.tolist()
    [['1', 2, 1, 1], ['2', 1, 0, 0]]
    """
    votes = _votes(table, methods)
    parts = [_worth(kind, table[column], votes) for kind, column in KINDS.items()]
    return pd.concat(parts, ignore_index=True)


def _votes(table: pa.Table, methods: Mapping[str, str]) -> _Votes:
    question, questions = _coded(table["question"])
    item, _ = _paired(question, _coded(table["item"])[0])
    label, labeler = _coded(table["label"])[0], _coded(table["labeler"])[0]
    cell, at = _paired(item, label)
    by, _ = _paired(item, labeler)
    vote = 1.0 / np.bincount(by)[by] if by.size else np.zeros(0)
    of_item = item[at]
    n_items = int(item.max(initial=-1)) + 1
    width = np.bincount(of_item, minlength=n_items)
    chosen = np.array([methods.get(one) == MAJORITY for one in questions], dtype=np.bool_)
    voted = np.zeros(n_items, dtype=np.bool_)
    voted[item] = chosen[question]
    return _Votes(
        item=item,
        cell=cell,
        vote=vote,
        first=np.cumsum(width) - width,
        width=width,
        votes=np.bincount(cell, weights=vote, minlength=at.size).astype(np.float64),
        voted=voted,
    )


def _worth(kind: str, column: pa.ChunkedArray, votes: _Votes) -> pd.DataFrame:
    code, keys = _coded(column)
    there = code >= 0
    pair, at = _paired(votes.item[there], code[there])
    item, who, n = votes.item[there][at], code[there][at], len(keys)
    rows, total = np.bincount(pair, minlength=at.size), np.bincount(votes.item)
    alone = rows == total[item]
    turned = _turned(votes, there, pair, item)
    counted = (None, alone, turned, ~votes.voted[item])
    sums = [np.bincount(who if one is None else who[one], minlength=n) for one in counted]
    labels = np.bincount(code[there], minlength=n)
    counts = dict(zip(COUNTS, (labels, *sums), strict=True))
    return pd.DataFrame({"kind": kind, "key": keys, **counts})


def _turned(votes: _Votes, there: NDArray[np.bool_], pair: Int, item: Int) -> NDArray[np.bool_]:
    """Return of which pairs of item and key the item has another leader without the key's votes.

    Args:
        votes: All votes.
        there: (n,) the rows that have a key.
        pair: (k,) the pair of each of them.
        item: (n_pairs,) the item of each pair.
    """
    width = votes.width[item]
    begins = np.cumsum(width) - width
    place = np.arange(int(width.sum())) - np.repeat(begins, width)
    cell = np.repeat(votes.first[item], width) + place
    row_cell = votes.cell[there] - votes.first[votes.item[there]] + begins[pair]
    own = np.bincount(row_cell, weights=votes.vote[there], minlength=cell.size)
    before = _leader(votes.votes, votes.first, votes.width)[item]
    after = _leader(votes.votes[cell] - own, begins, width)
    found: NDArray[np.bool_] = (before != after) & votes.voted[item]
    return found


def _leader(votes: Float, begins: Int, width: Int) -> Int:
    """Return the place within each run of the one with most votes, -1 where several have or none.

    Args:
        votes: (n,) votes, runs one after the other.
        begins: (k,) where each run begins.
        width: (k,) how long it is, at least 1.
    """
    if not begins.size:
        return np.zeros(0, dtype=np.int64)
    votes = votes.round(_DIGITS)
    most = np.maximum.reduceat(votes, begins)
    leads = (votes == np.repeat(most, width)) & (votes > 0)
    place = np.arange(votes.size) - np.repeat(begins, width)
    alone = np.add.reduceat(leads.astype(np.int64), begins) == 1
    return np.where(alone, np.maximum.reduceat(np.where(leads, place, -1), begins), -1)


def _coded(column: pa.ChunkedArray) -> tuple[Int, list[str]]:
    """Return the code of each value, -1 for none, and the values."""
    whole = pc.dictionary_encode(column.combine_chunks())
    codes = pc.fill_null(whole.indices, -1).to_numpy(zero_copy_only=False)
    return codes.astype(np.int64), [str(word) for word in whole.dictionary.to_pylist()]


def _paired(one: Int, other: Int) -> tuple[Int, Int]:
    """Return a code for each pair of codes, ascending by the first, and where each stands first."""
    key = one * (int(other.max(initial=0)) + 1) + other
    _, at, code = np.unique(key, return_index=True, return_inverse=True)
    return code.astype(np.int64), at
