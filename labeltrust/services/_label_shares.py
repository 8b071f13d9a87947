"""How much of a training set rests on some of its labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from labeltrust.services._share_index import COUNTS, MAJORITY, keep_shares, kept_shares
from labeltrust.services._snapshot_files import JUDGMENTS

_ITEM = ["question", "item"]
AT_ONCE = 10
"""Snapshots that one call counts for all keys: that takes twice as long as counting one key."""
_DIGITS = 9  # votes are sums of simple fractions; equal ones may differ by rounding only


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose labels: one of the three.

    Attributes:
        labelers: The name and every number of each labeler; none where it is one of the others.
        source: Name of a source, or None.
        import_id: Number of an import, or None.
    """

    labelers: tuple[tuple[str, frozenset[int]], ...] = ()
    source: str | None = None
    import_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelShare:
    """What some labels are worth in a snapshot.

    Attributes:
        labels: How many are inside.
        items: On how many items (of a question).
        alone: Items that nobody else labeled.
        changes: Items that would have another consensus label, or none, without them.
        not_compared: Items of questions whose consensus is no majority, left out of `changes`.
        labelers: How many of the labelers asked for have labels inside.
    """

    labels: int
    items: int
    alone: int
    changes: int
    not_compared: int
    labelers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshotted:
    """A snapshot whose labels are looked into.

    Attributes:
        folder: Where its files lie.
        methods: How the consensus of each question was taken.
        digest: SHA-256 of its manifest, in hex.
    """

    folder: Path
    methods: Mapping[str, str]
    digest: str


def shares_in(snapshots: Sequence[Snapshotted], scope: Scope) -> list[LabelShare | None]:
    """Return what the labels of a scope are worth in snapshots; None where the files are not here.

    What is kept of a snapshot answers for one key; what several keys are worth together is
    counted from its labels. Of snapshots from before there was anything kept, some are counted
    anew for all keys at each call.
    """
    kept = [kept_shares(one.folder, one.digest) for one in snapshots]
    later = [place for place, one in enumerate(kept) if one is None][AT_ONCE:]
    return [_share_in(one, scope, kept[k], keeps=k not in later) for k, one in enumerate(snapshots)]


def _share_in(
    snapshot: Snapshotted, scope: Scope, kept: pd.DataFrame | None, *, keeps: bool
) -> LabelShare | None:
    if kept is None and keeps:
        kept = keep_shares(snapshot.folder, snapshot.methods, snapshot.digest)
    if kept is None:
        return label_share(snapshot.folder, snapshot.methods, scope)
    kind, keys = _keys(scope)
    mine = kept[(kept["kind"] == kind) & kept["key"].isin(keys)]
    if len(mine) > 1:
        return label_share(snapshot.folder, snapshot.methods, scope)
    if mine.empty:
        return LabelShare(labels=0, items=0, alone=0, changes=0, not_compared=0)
    counts = {name: int(mine[name].iloc[0]) for name in COUNTS}
    return LabelShare(**counts, labelers=int(kind == "labeler"))


def _keys(scope: Scope) -> tuple[str, set[str]]:
    if scope.labelers:
        return "labeler", {str(one) for _, numbers in scope.labelers for one in numbers}
    if scope.source is not None:
        return "source", {scope.source}
    return "import", {str(scope.import_id)}


def label_share(folder: Path, methods: Mapping[str, str], scope: Scope) -> LabelShare | None:
    """Return what the labels of a scope are worth in a snapshot; None where its file is not here.

    Args:
        folder: Of the snapshot.
        methods: How the consensus of each question was taken.
        scope: Whose labels.
    """
    path = folder / JUDGMENTS
    try:
        names = set(pq.read_schema(path).names)
        wanted = {*_ITEM, "label", "labeler", _column(scope, names)}
        table = pq.read_table(path, columns=sorted(wanted))
    except (pa.ArrowInvalid, OSError):
        return None  # damaged or moved; its own page verifies it
    mine = _mine(table[_column(scope, names)], scope, by_number="labeler_id" in names)
    touched = table.filter(mine).group_by(_ITEM).aggregate([])
    concerned = table.append_column("mine", mine).join(touched, _ITEM, join_type="inner")
    rows = concerned.select([*_ITEM, "label", "labeler", "mine"]).to_pandas()
    there = set(pc.unique(table[_column(scope, names)].filter(mine)).to_pylist())
    inside = [name in there or bool(numbers & there) for name, numbers in scope.labelers]
    return replace(_share(rows, methods), labelers=sum(inside))


def _column(scope: Scope, names: set[str]) -> str:
    if scope.labelers:
        return "labeler_id" if "labeler_id" in names else "labeler"
    return "source" if scope.source is not None else "import"


def _mine(column: pa.ChunkedArray, scope: Scope, *, by_number: bool) -> pa.ChunkedArray:
    value: Any = scope.source if scope.source is not None else scope.import_id
    if scope.labelers and by_number:
        numbers = sorted({one for _, several in scope.labelers for one in several})
        return pc.is_in(column, pa.array(numbers, pa.int64()))
    if scope.labelers:
        return pc.is_in(column, pa.array([name for name, _ in scope.labelers], pa.string()))
    return pc.fill_null(pc.equal(column, pa.scalar(value)), pa.scalar(False))  # noqa: FBT003


def _share(rows: pd.DataFrame, methods: Mapping[str, str]) -> LabelShare:
    if rows.empty:
        return LabelShare(labels=0, items=0, alone=0, changes=0, not_compared=0)
    by_item = rows.groupby(_ITEM)["mine"]
    voted = rows[rows["question"].map(methods) == MAJORITY]
    return LabelShare(
        labels=int(rows["mine"].sum()),
        items=by_item.ngroups,
        alone=int(by_item.all().sum()),
        changes=_changes(voted),
        not_compared=by_item.ngroups - voted.groupby(_ITEM).ngroups,
    )


def _changes(rows: pd.DataFrame) -> int:
    """Count items whose majority is another one without the labels in question."""
    if rows.empty:
        return 0
    vote = 1.0 / rows.groupby([*_ITEM, "labeler"])["label"].transform("size")
    votes = rows.assign(whole=vote, rest=vote.where(~rows["mine"], 0.0))
    sums = votes.groupby([*_ITEM, "label"])[["whole", "rest"]].sum().round(_DIGITS)
    before, after = _leader(sums["whole"]), _leader(sums["rest"])
    return int((before != after).sum())


def _leader(votes: "pd.Series[float]") -> "pd.Series[str]":
    """Return the label with most votes by item, empty where several share the lead or none has."""
    most = votes.groupby(level=_ITEM).transform("max")
    leads = votes[(votes == most) & (votes > 0)]
    alone = leads.groupby(level=_ITEM).transform("size") == 1
    label = leads[alone].reset_index("label")["label"]
    items = votes.groupby(level=_ITEM).size().index
    return label.reindex(items, fill_value="")
