"""Acts of the history as Detection Findings of the Open Cybersecurity Schema Framework (OCSF).

Version 1.5.0, base profile. Labelers are numbers here: a SIEM keeps for years what may have to be
erased in this history. What a finding says in words is what the history says; it is JSON, escaped.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from types import MappingProxyType
from typing import Any, Final

from labeltrust.store.findings import REUSED, FoundAct

OCSF_VERSION: Final = "1.5.0"
CLASS: Final = 2004
CREATE, UPDATE, CLOSE = 1, 2, 3
_ACTIVITIES = {CREATE: "Create", UPDATE: "Update", CLOSE: "Close"}
_SEVERITIES = {"low": 2, "medium": 3, "high": 4}
_CAPTIONS = {1: "Informational", 2: "Low", 3: "Medium", 4: "High", 5: "Critical"}
NEW, IN_PROGRESS, RESOLVED = 1, 2, 4
_STATUSES = {NEW: "New", IN_PROGRESS: "In Progress", RESOLVED: "Resolved"}
FALSE_POSITIVE, TRUE_POSITIVE = 1, 2
_VERDICTS = {FALSE_POSITIVE: "False Positive", TRUE_POSITIVE: "True Positive"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How acts of one type are told.

    Attributes:
        title: What was found.
        of: What the finding is about: a key of the detail, which makes its id together with `name`.
        name: First part of the finding's id: acts on the same thing are one finding.
        activity: Whether it opens, changes or closes the finding.
        severity: Of the schema; None: that of the detail.
        status: Of the schema.
        verdict: Of the schema, where somebody decided.
        is_alert: Whether somebody should look.
        types: What the finding is, for rules of a SIEM.
        if_told: Says of a detail whether it is a finding at all.
    """

    title: str
    name: str
    of: str = ""
    activity: int = CREATE
    severity: int | None = 3
    status: int = NEW
    verdict: int | None = None
    is_alert: bool = False
    types: tuple[str, ...] = ("Data Poisoning",)
    if_told: Callable[[Mapping[str, Any]], bool] = field(default=lambda _: True)


def _is_tampering(detail: Mapping[str, Any]) -> bool:
    return any(reason.get("code") == "tampering" for reason in detail.get("reasons", ()))


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "flag.opened": Kind(
            title="A labeler is suspected", name="flag", of="flag", severity=None, is_alert=True
        ),
        "flag.updated": Kind(
            title="The evidence against a labeler changed", name="flag", of="flag",
            activity=UPDATE, severity=None, status=IN_PROGRESS,
        ),
        "flag.reopened": Kind(
            title="A case against a labeler was reopened", name="flag", of="flag", activity=UPDATE,
            status=IN_PROGRESS,
        ),
        "flag.confirmed": Kind(
            title="A suspicion was confirmed", name="flag", of="flag", activity=CLOSE, severity=4,
            status=RESOLVED, verdict=TRUE_POSITIVE,
        ),
        "flag.dismissed": Kind(
            title="A suspicion was dismissed", name="flag", of="flag", activity=CLOSE, severity=1,
            status=RESOLVED, verdict=FALSE_POSITIVE,
        ),
        "freeze.placed": Kind(
            title="Labels are held out of training sets", name="freeze", of="freeze", severity=4,
            is_alert=True,
        ),
        "freeze.lifted": Kind(
            title="Labels were given back to training sets", name="freeze", of="freeze",
            activity=CLOSE, severity=1, status=RESOLVED,
        ),
        "gate.closed": Kind(
            title="The history does not verify", name="tampering", severity=5, is_alert=True,
            types=("Tampering",), if_told=_is_tampering,
        ),
        "delivery.forged": Kind(
            title="Deliveries without proof of origin were refused", name="forgery", of="source",
            severity=3, is_alert=True, types=("Forgery",),
        ),
        REUSED: Kind(
            title="A used event id came with another content", name="reuse", severity=3,
            is_alert=True, types=("Forgery",),
        ),
        "delivery.refused": Kind(
            title="A delivery over the cap was refused", name="oversized", of="sha256", severity=2,
            types=("Resource Exhaustion",),
        ),
        "access.refused": Kind(
            title="Somebody known was refused", name="access", severity=2,
            types=("Unauthorized Access",),
        ),
    }
)  # fmt: skip


def finding_of(act: FoundAct) -> dict[str, Any] | None:
    """Return an act as a Detection Finding, or None where it is none."""
    kind = KINDS[act.type]
    if not kind.if_told(act.detail):
        return None
    severity = kind.severity
    if severity is None:
        severity = _SEVERITIES.get(str(act.detail.get("severity")), 3)
    found = {
        "activity_id": kind.activity,
        "activity_name": _ACTIVITIES[kind.activity],
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": CLASS,
        "class_name": "Detection Finding",
        "type_uid": CLASS * 100 + kind.activity,
        "type_name": f"Detection Finding: {_ACTIVITIES[kind.activity]}",
        "time": act.received_us // 1_000,
        "severity_id": severity,
        "severity": _CAPTIONS[severity],
        "status_id": kind.status,
        "status": _STATUSES[kind.status],
        "is_alert": kind.is_alert,
        "message": kind.title,
        "metadata": _metadata(act),
        "finding_info": _info(act, kind),
        "evidences": [{"data": dict(act.detail)}],
        "unmapped": {"labeltrust": _place(act)},
    }
    if kind.verdict is not None:
        found |= {"verdict_id": kind.verdict, "verdict": _VERDICTS[kind.verdict]}
    if "strong" in act.detail or "contested" in act.detail:
        found |= _confidence(act.detail)
    return found


def _metadata(act: FoundAct) -> dict[str, Any]:
    return {
        "version": OCSF_VERSION,
        "uid": f"{act.chain}/{act.sequence}",
        "sequence": act.sequence,
        "log_name": act.chain,
        "event_code": act.type,
        "product": {
            "name": "labeltrust",
            "vendor_name": "labeltrust",
            "version": version("labeltrust"),
        },
    }


def _info(act: FoundAct, kind: Kind) -> dict[str, Any]:
    subject = act.detail.get(kind.of) if kind.of else act.sequence
    return {
        "uid": f"{act.chain}/{kind.name}/{subject}",
        "title": kind.title,
        "types": list(kind.types),
        "analytic": {"uid": act.type, "name": act.type, "type_id": 1, "type": "Rule"},
    } | ({"created_time": act.received_us // 1_000} if kind.activity == CREATE else {})


def _confidence(detail: Mapping[str, Any]) -> dict[str, Any]:
    if detail.get("contested"):
        return {"confidence_id": 1, "confidence": "Low"}
    strong = bool(detail.get("strong"))
    return {"confidence_id": 3, "confidence": "High"} if strong else {
        "confidence_id": 2, "confidence": "Medium"
    }  # fmt: skip


def _place(act: FoundAct) -> dict[str, Any]:
    told = {
        "actor": act.actor, "project": act.project, "source": act.source,
        "labeler_id": act.labeler_id, "chain": act.chain, "sequence": act.sequence,
        "leaf": act.leaf,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value is not None}
