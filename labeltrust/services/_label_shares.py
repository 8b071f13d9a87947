"""How much of a training set rests on some of its labels."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from labeltrust.services._snapshot_files import JUDGMENTS

_ITEM = ["question", "item"]
_DIGITS = 9  # votes are sums of simple fractions; equal ones may differ by rounding only
MAJORITY = "majority"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose labels: one of the three.

    Attributes:
        labeler: The name and every number of a labeler, or None.
        source: Name of a source, or None.
        import_id: Number of an import, or None.
    """

    labeler: tuple[str, frozenset[int]] | None = None
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
    """

    labels: int
    items: int
    alone: int
    changes: int
    not_compared: int


def label_share(folder: Path, methods: dict[str, str], scope: Scope) -> LabelShare | None:
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
    return _share(concerned.select([*_ITEM, "label", "labeler", "mine"]).to_pandas(), methods)


def _column(scope: Scope, names: set[str]) -> str:
    if scope.labeler is not None:
        return "labeler_id" if "labeler_id" in names else "labeler"
    return "source" if scope.source is not None else "import"


def _mine(column: pa.ChunkedArray, scope: Scope, *, by_number: bool) -> pa.ChunkedArray:
    value: Any = scope.source if scope.source is not None else scope.import_id
    if scope.labeler is not None:
        name, numbers = scope.labeler
        if by_number:
            return pc.is_in(column, pa.array(sorted(numbers), pa.int64()))
        value = name
    return pc.fill_null(pc.equal(column, pa.scalar(value)), pa.scalar(False))  # noqa: FBT003


def _share(rows: pd.DataFrame, methods: dict[str, str]) -> LabelShare:
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
