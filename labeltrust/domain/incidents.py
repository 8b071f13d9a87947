"""An incident is flags believed to have one cause; this page holds the table of its changes.

    open        somebody looks; labels of suspects may still get into training sets
    contained   the labels of every suspect are held out
    resolved    the cause is known and mended, or there was none
    closed      the lessons are written down

Nothing is deleted: a closed incident is reopened, and its history says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal, get_args

from labeltrust.domain.errors import Conflict, InvalidInput

IncidentStatus = Literal["open", "contained", "resolved", "closed"]
IncidentAct = Literal["contain", "resolve", "close", "reopen"]
IncidentSeverity = Literal["low", "medium", "high", "critical"]
Step = Literal["triage", "contain", "mitigate", "investigate", "remediate", "postmortem"]
STATUSES: tuple[str, ...] = get_args(IncidentStatus)
ACTS: tuple[str, ...] = get_args(IncidentAct)
SEVERITIES: tuple[str, ...] = get_args(IncidentSeverity)
STEPS: tuple[str, ...] = get_args(Step)
MOST_TITLE = 200

# (status, act) -> the next status. A false alarm is resolved without having been contained.
CHANGES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("open", "contain"): "contained",
        ("open", "resolve"): "resolved",
        ("contained", "resolve"): "resolved",
        ("resolved", "close"): "closed",
        ("contained", "reopen"): "open",
        ("resolved", "reopen"): "open",
        ("closed", "reopen"): "open",
    }
)
# The word of each act in the history.
EVENT_OF: Mapping[str, str] = MappingProxyType(
    {
        "contain": "incident.contained",
        "resolve": "incident.resolved",
        "close": "incident.closed",
        "reopen": "incident.reopened",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentState:
    """What stands on record of one incident.

    Attributes:
        id: Number of the incident.
        title: In a few words.
        status: One of `STATUSES`.
        severity: One of `SEVERITIES`.
        owner: Who leads it, in words; empty where nobody does yet.
        summary: What is known of cause and effect.
        lessons: What the postmortem says was learned.
        checklist: Step to who did it and when; a step that is missing is not done.
    """

    id: int
    title: str
    status: str
    severity: str
    owner: str
    summary: str
    lessons: str
    checklist: Mapping[str, tuple[str, datetime]]
    opened_at: datetime
    opened_by: str
    contained_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None


def next_status(status: str, act: str) -> str:
    """Return the status after an act, or refuse it.

    Raises:
        InvalidInput: There is no such act.
        Conflict: The incident cannot take it in its present status.

    >>> next_status("open", "contain")
    'contained'
    """
    if act not in ACTS:
        detail = f"act {act[:80]!r} is not one of {', '.join(ACTS)}"
        raise InvalidInput(detail, code="unknown_act")
    changed = CHANGES.get((status, act))
    if changed is None:
        allowed = [word for before, word in CHANGES if before == status]
        detail = f"cannot {act} an incident that is {status}; it can be told to {_or(allowed)}"
        raise Conflict(detail)
    return changed


def _or(words: list[str]) -> str:
    return " or ".join(words)


def checked_severity(severity: str) -> str:
    """Return a severity, or refuse one that is none.

    Raises:
        InvalidInput: `unknown_severity`.
    """
    if severity not in SEVERITIES:
        detail = f"severity is {severity[:80]!r}, must be one of {', '.join(SEVERITIES)}"
        raise InvalidInput(detail, place="severity", code="unknown_severity")
    return severity


def checked_status(status: str) -> str:
    """Return a status, or refuse one that is none.

    Raises:
        InvalidInput: `unknown_status`.
    """
    if status not in STATUSES:
        detail = f"status is {status[:80]!r}, must be one of {', '.join(STATUSES)}"
        raise InvalidInput(detail, place="status", code="unknown_status")
    return status


def checked_step(step: str) -> str:
    """Return a step of the checklist, or refuse one that is none.

    Raises:
        InvalidInput: `unknown_step`.
    """
    if step not in STEPS:
        detail = f"step is {step[:80]!r}, must be one of {', '.join(STEPS)}"
        raise InvalidInput(detail, place="step", code="unknown_step")
    return step
