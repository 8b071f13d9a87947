"""Tidy frames out of an assessment document and out of cases."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pandas as pd

from labeltrust.services.trace_labels import Lineage

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_MEASURED = (
    "trust",
    "gold_accuracy",
    "cohen_kappa",
    "kappa_to_consensus",
    "alpha_without",
    "alpha_effect",
    "label_shift",
)


def labeler_frame(labelers: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the labelers of an assessment document as a tidy frame.

    >>> entry = {"labeler": "ann", "kind": "human", "labels": 3, "items": 3, "frozen": False,
    ...     "flag": None, "trust": {"value": 0.9, "low": 0.8, "high": 1.0, "n": 3}}
    >>> labeler_frame([entry])[["labeler", "trust", "trust_low"]].values.tolist()
    [['ann', 0.9, 0.8]]
    """
    return pd.DataFrame([_labeler_row(entry) for entry in labelers])


def signal_frame(labelers: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return every signal's word on every labeler of an assessment document as a tidy frame."""
    rows = [
        {
            "labeler": entry["labeler"],
            "signal": signal["signal"],
            **spread("estimate", signal["estimate"]),
            "p_value": signal["p_value"],
            "q_value": signal["q_value"],
        }
        for entry in labelers
        for signal in entry["signals"]
    ]
    return pd.DataFrame(rows)


def _labeler_row(entry: Mapping[str, Any]) -> dict[str, Any]:
    flag = entry["flag"]
    row: dict[str, Any] = {
        "labeler": entry["labeler"],
        "kind": entry["kind"],
        "labels": entry["labels"],
        "items": entry["items"],
        "frozen": entry["frozen"],
        "flag": None if flag is None else flag["id"],
        "severity": None if flag is None else flag["severity"],
    }
    for name in _MEASURED:
        if name in entry:
            row |= spread(name, entry[name])
    return row


def spread(name: str, measured: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: measured.get("value"),
        f"{name}_low": measured.get("low"),
        f"{name}_high": measured.get("high"),
        f"{name}_n": measured.get("n"),
        f"{name}_reason": measured.get("reason"),
    }


def case_frame(cases: "Iterable[DataclassInstance]") -> pd.DataFrame:
    return pd.DataFrame([asdict(case) for case in cases])


def lineage_frame(found: Lineage) -> pd.DataFrame:
    """Return one row a snapshot that holds the labels in question; numbers are missing with why."""
    columns = (
        "snapshot", "created_at", "parent", "in_use", "labels", "items", "alone", "changes",
        "labelers", "models", "reason",
    )  # fmt: skip
    rows = [
        {
            "snapshot": one.snapshot,
            "created_at": one.created_at,
            "parent": one.parent,
            "in_use": one.in_use,
            **({} if one.share is None else asdict(one.share)),
            "models": ", ".join(f"{model.model} {model.version}" for model in one.models),
            "reason": one.reason,
        }
        for one in found.snapshots
    ]
    return pd.DataFrame(rows, columns=list(columns))
