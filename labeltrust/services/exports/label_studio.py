"""Tasks for Label Studio: consensus as predictions to review, gold as ground-truth annotations.

Written by its documented task format ("Label Studio Task Format", "Import pre-annotated data"):
each question is a control of that name in the labeling config, shown on the object `item`.
"""

import json
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

from labeltrust.domain.errors import InvalidInput
from labeltrust.services.exports._base import ExportForm, Exporting

_SHOWN = "item"
_CHOICES = frozenset({"nominal", "ordinal"})
_NUMBERS = frozenset({"interval", "ratio"})
_KNOWN = (*sorted(_CHOICES | _NUMBERS), "set", "text")
Row = Mapping[str, Any]


def _write(exporting: Exporting, out: Path) -> None:
    for question in exporting.manifest["query"]["questions"]:
        scale = exporting.scales.get(question)
        if scale not in _KNOWN:
            detail = f"question {question!r} has scale {scale}; known here are {', '.join(_KNOWN)}"
            raise InvalidInput(detail, place="format", code="unknown_scale")
    rows = [row for batch in exporting.batches() for row in batch]
    rows.sort(key=lambda row: (row["item"], row["question"]))
    encode = msgspec.json.Encoder().encode
    with out.open("wb") as file:
        for number, (item, found) in enumerate(groupby(rows, key=lambda row: row["item"])):
            file.write(b",\n" if number else b"[\n")
            file.write(encode(_task(exporting, item, list(found))))
        file.write(b"\n]\n" if rows else b"[]\n")


def _task(exporting: Exporting, item: str, rows: list[Row]) -> dict[str, Any]:
    predicted = _results(exporting, rows, "label")
    trusted = _results(exporting, rows, "gold")
    version = f"labeltrust-snapshot-{exporting.number}"
    score = min((_score(row) for row in rows), default=0.0)
    predictions = [{"model_version": version, "score": score, "result": predicted}]
    return {
        "data": {_SHOWN: item},
        "meta": {"project": exporting.manifest["project"], "snapshot": exporting.number},
        "predictions": predictions if predicted else [],
        "annotations": [{"result": trusted, "ground_truth": True}] if trusted else [],
    }


def _score(row: Row) -> float:
    """Return how sure the label is: the share of votes for it, where no model says more."""
    sure = row["posterior"] is not None and row["inferred"] == row["label"]
    return float(row["posterior"] if sure else row["share"])


def _results(exporting: Exporting, rows: Iterable[Row], column: str) -> list[dict[str, Any]]:
    found = []
    for row in rows:
        number = row["value"] if column == "label" else None
        if row[column] is None and number is None:
            continue
        kind, value = _value(exporting.scales[row["question"]], row[column], number)
        found.append(
            {"from_name": row["question"], "to_name": _SHOWN, "type": kind, "value": value}
        )
    return found


def _value(scale: str, label: str | None, number: float | None) -> tuple[str, dict[str, Any]]:
    """Return kind and value of a result.

    >>> _value("nominal", "fraud", None)
    ('choices', {'choices': ['fraud']})
    >>> _value("set", '["a","b"]', None)
    ('choices', {'choices': ['a', 'b']})
    """
    if scale in _NUMBERS:
        return "number", {"number": float(label or 0.0) if number is None else number}
    if scale == "set":
        return "choices", {"choices": json.loads(label or "[]")}
    if scale == "text":
        return "textarea", {"text": [label]}
    return "choices", {"choices": [label]}


EXPORT = ExportForm(title="Label Studio tasks with predictions", write=_write)
