"""Vendors and sources of a project, each against its own past and against the others."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from labeltrust.domain.estimates import Estimate, Measured, Undefined
from labeltrust.domain.principals import Principal
from labeltrust.metrics.supplier_drift import SupplierDrift
from labeltrust.services.deployment import Deployment
from labeltrust.services.read_assessment import head_of
from labeltrust.store.assessed import figures_of
from labeltrust.store.assessments import latest_assessment
from labeltrust.store.inserting import known_id
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading_at_once
from labeltrust.store.snapshots import source_names

CAUTION = (
    "Another mix of items makes another mix of labels: what counts against a supplier is accuracy "
    "on gold, and what its labelers' own evidence says. Tests are for one look."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierLine:
    """A vendor or source.

    Attributes:
        kind: `source` or `vendor`.
        name: Of the source or vendor.
        labels: All its current labels.
        at: When the assessment was made.
        drift: Its last week against its past, and against others.
    """

    kind: str
    name: str
    labels: int
    at: datetime
    drift: SupplierDrift


def list_suppliers(
    deployment: Deployment, principal: Principal, project: str
) -> list[SupplierLine]:
    """Return sources, then vendors, those first that fell furthest behind themselves for sure.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope, or nothing was assessed yet.
    """
    principal.require("read", project)
    with reading_at_once(deployment.engine) as session:
        number = known_id(project_row(session, project).id)
        stored = latest_assessment(session, number)
        head = head_of(stored, project)
        question = head["question"]
        figures = json.loads(figures_of(session, number, question))
        names = source_names(session)
    at = datetime.fromisoformat(head["as_of"])
    lines = [_line(told, names, at) for told in figures.get("suppliers", [])]
    return sorted(lines, key=lambda line: (line.kind, _worst(line), line.name))


def _line(told: dict[str, Any], names: dict[int, str], at: datetime) -> SupplierLine:
    drift: dict[str, Any] = {
        key: _measured(part) if isinstance(part, dict) else part
        for key, part in told["drift"].items()
    }
    number = told["source_id"]
    name = told["vendor"] if number is None else names.get(number, f"source #{number}")
    return SupplierLine(
        kind=told["kind"], name=name, labels=told["labels"], at=at, drift=SupplierDrift(**drift)
    )


def _measured(part: dict[str, Any]) -> Measured:
    return Undefined(reason=part["reason"]) if part["value"] is None else Estimate(**part)


def _worst(line: SupplierLine) -> float:
    """Return the largest fall that the interval still allows to be sure of, 0 where none is."""
    found = line.drift.accuracy_change
    return min(found.high, 0.0) if isinstance(found, Estimate) else 0.0
