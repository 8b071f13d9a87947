"""What changed from one snapshot to another: items that came and went, and labels that changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.principals import Principal
from labeltrust.services._snapshot_files import LABELS
from labeltrust.services.deployment import Deployment
from labeltrust.services.list_snapshots import list_snapshots
from labeltrust.services.verify_snapshot import show_snapshot, snapshot_file

KINDS = ("added", "removed", "changed")
MOST_ROWS = 1_000
MOST_PAIRS = 200
_KEYS = ["item", "question"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChange:
    """One item that came, went, or has another label; None where it has none (a tie, or absent)."""

    item: str
    question: str
    kind: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassChange:
    """How many items went from one label to another."""

    question: str
    kind: str
    before: str | None
    after: str | None
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotDiff:
    """The difference of two snapshots.

    Attributes:
        before: Number of the one.
        after: Number of the other.
        counts: Items by `added`, `removed`, `changed` and `same`.
        by_class: The most frequent changes, at most `MOST_PAIRS`.
        kind: Which changes `rows` lists, or None for all.
        offset: How many of them come before `rows`.
        total: How many there are.
        rows: Some of them, by question and item.
    """

    before: int
    after: int
    project: str
    counts: Mapping[str, int]
    by_class: tuple[ClassChange, ...]
    kind: str | None
    offset: int
    total: int
    rows: tuple[ItemChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffPage:
    """Which changes to list: of one kind or all, how many to pass over, and how many to give."""

    kind: str | None = None
    offset: int = 0
    limit: int = 100

    def check(self) -> None:
        """Refuse what cannot be asked.

        Raises:
            InvalidInput: An unknown kind, or numbers out of range.
        """
        if self.kind is not None and self.kind not in KINDS:
            detail = f"kind is {self.kind[:80]!r}, must be one of {', '.join(KINDS)}"
            raise InvalidInput(detail, place="kind", code="unknown_kind")
        if not 0 <= self.limit <= MOST_ROWS or self.offset < 0:
            detail = f"limit must be 0 to {MOST_ROWS}, offset 0 or more"
            raise InvalidInput(detail, place="limit")


def diff_snapshots(
    deployment: Deployment,
    principal: Principal,
    before: int,
    after: int,
    page: DiffPage | None = None,
) -> SnapshotDiff:
    """Compare the consensus labels of two snapshots of one project.

    Counts are of everything; of the changes themselves one page is returned.

    Raises:
        NotAllowed: The role may not read.
        NotFound: A snapshot, or its file, is not there or out of scope.
        InvalidInput: They are of different projects, or the page cannot be asked for.
    """
    wanted = page or DiffPage()
    wanted.check()
    projects = [show_snapshot(deployment, principal, n)["project"] for n in (before, after)]
    if projects[0] != projects[1]:
        detail = f"snapshots {before} and {after} are of different projects"
        raise InvalidInput(detail, code="different_projects")
    paths = [snapshot_file(deployment, principal, number, LABELS) for number in (before, after)]
    joined = _joined(_labels(paths[0]), _labels(paths[1]))
    changes = joined.filter(pc.not_equal(joined["kind"], "same"))
    listed = (
        changes if wanted.kind is None else changes.filter(pc.equal(changes["kind"], wanted.kind))
    )
    return SnapshotDiff(
        before=before,
        after=after,
        project=projects[0],
        counts=_counts(joined),
        by_class=_by_class(changes),
        kind=wanted.kind,
        offset=wanted.offset,
        total=listed.num_rows,
        rows=_rows(listed, wanted),
    )


def compared_with(deployment: Deployment, principal: Principal, snapshot: int) -> int:
    """Return what a snapshot is compared with unless told: its parent, else the one before it.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such snapshot in scope.
        InvalidInput: It is the first of its project.
    """
    manifest = show_snapshot(deployment, principal, snapshot)
    if manifest.get("parent") is not None:
        return int(manifest["parent"])
    earlier = list_snapshots(deployment, principal, manifest["project"], before=snapshot, limit=1)
    if not earlier:
        detail = f"snapshot {snapshot} is the first one of its project; name another"
        raise InvalidInput(detail, place="other", code="first_snapshot")
    return earlier[0].id


def _labels(path: Path) -> pa.Table:
    """Return item, question and the label as text: of a number its value."""
    table = pq.read_table(path, columns=[*_KEYS, "label", "value"])
    number = pc.cast(table["value"], pa.string())
    label = pc.coalesce(table["label"], number)
    there = pa.array([True]).take(pa.array([0] * table.num_rows, pa.int8()))
    return pa.table(
        {"item": table["item"], "question": table["question"], "label": label, "there": there}
    )


def _joined(before: pa.Table, after: pa.Table) -> pa.Table:
    """Return every item of either, with both labels and what became of it."""
    found = before.join(after, _KEYS, join_type="full outer", right_suffix="_after")
    was, now = pc.is_valid(found["there"]), pc.is_valid(found["there_after"])
    same = pc.fill_null(pc.equal(found["label"], found["label_after"]), False)  # noqa: FBT003
    neither = pc.and_(pc.is_null(found["label"]), pc.is_null(found["label_after"]))
    kind = pc.if_else(pc.or_(same, neither), "same", "changed")
    kind = pc.if_else(pc.invert(was), "added", pc.if_else(pc.invert(now), "removed", kind))
    return pa.table(
        {
            "item": found["item"],
            "question": found["question"],
            "kind": kind,
            "before": found["label"],
            "after": found["label_after"],
        }
    )


def _counts(joined: pa.Table) -> Mapping[str, int]:
    found = dict.fromkeys((*KINDS, "same"), 0)
    for pair in pc.value_counts(joined["kind"]).to_pylist():
        found[pair["values"]] = pair["counts"]
    return MappingProxyType(found)


def _by_class(changes: pa.Table) -> tuple[ClassChange, ...]:
    keys = ["question", "kind", "before", "after"]
    counted = changes.group_by(keys).aggregate([([], "count_all")])
    order = [("count_all", "descending"), *((key, "ascending") for key in keys)]
    most = counted.sort_by(order).slice(0, MOST_PAIRS)
    return tuple(ClassChange(items=row.pop("count_all"), **row) for row in most.to_pylist())


def _rows(listed: pa.Table, page: DiffPage) -> tuple[ItemChange, ...]:
    if not page.limit or page.offset >= listed.num_rows:
        return ()
    ordered = listed.sort_by([("question", "ascending"), ("item", "ascending")])
    some: list[dict[str, Any]] = ordered.slice(page.offset, page.limit).to_pylist()
    return tuple(ItemChange(**row) for row in some)
