"""The read-only door for investigators: one project as tidy pandas frames.

    from labeltrust.notebook import open_project
    fraud = open_project("fraud")
    fraud.labelers().sort_values("trust")

Times are aware UTC; a number that cannot be computed is missing, and its reason stands beside it.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from labeltrust.app import build_deployment
from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.services.freeze_labels import list_standing
from labeltrust.services.list_flags import list_flags
from labeltrust.services.read_assessment import read_assessment
from labeltrust.services.read_judgments import read_current, read_item_names
from labeltrust.settings import Settings, read_settings

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_READER = Principal(name="notebook", role="auditor", projects=None)
_MEASURED = (
    "trust",
    "gold_accuracy",
    "cohen_kappa",
    "kappa_to_consensus",
    "alpha_without",
    "alpha_effect",
    "label_shift",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """One project of an open installation; every method reads anew."""

    deployment: Deployment
    name: str

    def assessment(self) -> dict[str, Any]:
        """Return the newest assessment document."""
        return read_assessment(self.deployment, _READER, self.name)

    def labelers(self) -> pd.DataFrame:
        """Return one row a labeler: `trust`, `trust_low`, `trust_high`, `trust_n` and so on."""
        return labeler_frame(self.assessment()["labelers"])

    def signals(self) -> pd.DataFrame:
        """Return one row a labeler and signal: size with interval, p-value, q-value."""
        return signal_frame(self.assessment()["labelers"])

    def flags(self) -> pd.DataFrame:
        """Return one row a flag, oldest first."""
        return _frame(list_flags(self.deployment, _READER, self.name))

    def freezes(self) -> pd.DataFrame:
        """Return one row a freeze, lifted ones too, oldest first."""
        return _frame(list_standing(self.deployment, _READER, self.name, lifted=True))

    def judgments(self, question: str = "label") -> pd.DataFrame:
        """Return one row a current judgment: item, labeler, label, times, source."""
        loaded = read_current(self.deployment, _READER, self.name, question)
        item_id, place = np.unique(loaded.item, return_inverse=True)
        names = read_item_names(self.deployment, _READER, self.name, item_id.tolist())
        item = np.array([names[number] for number in item_id.tolist()], dtype=object)
        who = np.array([labeler.name for labeler in loaded.labelers], dtype=object)
        words = np.array(loaded.words, dtype=object)
        return pd.DataFrame(
            {
                "item": item[place],
                "labeler": who[loaded.labeler],
                "label": words[loaded.label],
                "occurred_at": pd.to_datetime(loaded.occurred_us, unit="us", utc=True),
                "received_at": pd.to_datetime(loaded.received_us, unit="us", utc=True),
                "duration_seconds": loaded.duration_seconds,
                "sequence": loaded.sequence,
            }
        )


def open_project(name: str, settings: Settings | None = None) -> Project:
    """Open a project of the installation that the environment names.

    Raises:
        Misconfigured: The installation cannot be opened.
    """
    wanted = read_settings(os.environ) if settings is None else settings
    return Project(deployment=build_deployment(wanted), name=name)


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
            **_spread("estimate", signal["estimate"]),
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
            row |= _spread(name, entry[name])
    return row


def _spread(name: str, measured: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: measured.get("value"),
        f"{name}_low": measured.get("low"),
        f"{name}_high": measured.get("high"),
        f"{name}_n": measured.get("n"),
        f"{name}_reason": measured.get("reason"),
    }


def _frame(cases: "Iterable[DataclassInstance]") -> pd.DataFrame:
    return pd.DataFrame([asdict(case) for case in cases])
