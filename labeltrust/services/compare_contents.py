"""What training sets are made of, out of their files: in an installation, or downloaded."""

import json
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.principals import Principal
from labeltrust.policy.change_risk import ChangeRisk, Contents, change_risk
from labeltrust.services._snapshot_files import JUDGMENTS, MANIFEST
from labeltrust.services.deployment import Deployment
from labeltrust.services.verify_snapshot import snapshot_file

MOST_CLASSES = 1_000
"""A question with more labels than this has no classes: numbers, texts, spans."""


def risk_of_files(before: Path, after: Path) -> ChangeRisk:
    """Score the change from one downloaded training set to another: no database, no server.

    Args:
        before: Folder with `manifest.json` and `judgments.parquet`.
        after: The same of the newer set.

    Raises:
        InvalidInput: A folder lacks one of them, or they are of different projects.
    """
    return _compared(_files(before), _files(after))


def risk_of_snapshots(
    deployment: Deployment, principal: Principal, before: int, after: int
) -> ChangeRisk:
    """Score the change from one training set of an installation to another.

    Raises:
        NotAllowed: The role may not read.
        NotFound: A snapshot, or its file, is not there or out of scope.
        InvalidInput: They are of different projects.
    """
    paths = [
        (
            snapshot_file(deployment, principal, number, MANIFEST),
            snapshot_file(deployment, principal, number, JUDGMENTS),
        )
        for number in (before, after)
    ]
    return _compared(*paths)


def _files(folder: Path) -> tuple[Path, Path]:
    for name in (MANIFEST, JUDGMENTS):
        if not (folder / name).is_file():
            raise InvalidInput(f"{folder} holds no {name}", place=name)
    return folder / MANIFEST, folder / JUDGMENTS


def _compared(before: tuple[Path, Path], after: tuple[Path, Path]) -> ChangeRisk:
    manifests = [json.loads(path.read_text("utf-8")) for path, _ in (before, after)]
    if manifests[0].get("project") != manifests[1].get("project"):
        raise InvalidInput("the two training sets are of different projects")
    old, new = (
        _contents(path, manifest)
        for (_, path), manifest in zip((before, after), manifests, strict=True)
    )
    return change_risk(old, new)


def _contents(path: Path, manifest: dict[str, object]) -> Contents:
    columns = ["labeler", "source", "labeler_kind", "question", "label"]
    table = pq.read_table(path, columns=columns)
    counted = pc.value_counts(table["labeler"]).to_pylist()
    pairs = table.group_by(["question", "label"]).aggregate([]).to_pylist()
    query = manifest.get("query")
    told = query.get("guideline_version") if isinstance(query, dict) else None
    return Contents(
        judgments=table.num_rows,
        by_labeler={str(one["values"]): int(one["counts"]) for one in counted},
        sources=_distinct(table, "source"),
        kinds=_distinct(table, "labeler_kind"),
        classes=_classes([(str(one["question"]), str(one["label"])) for one in pairs]),
        questions=_distinct(table, "question"),
        guideline=told if isinstance(told, str) else None,
    )


def _distinct(table: object, column: str) -> frozenset[str]:
    found = pc.unique(table[column]).to_pylist()  # type: ignore[index]
    return frozenset(str(one) for one in found if one is not None)


def _classes(pairs: list[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    by_question: dict[str, set[tuple[str, str]]] = {}
    for pair in pairs:
        by_question.setdefault(pair[0], set()).add(pair)
    return frozenset(
        pair for found in by_question.values() if len(found) <= MOST_CLASSES for pair in found
    )
