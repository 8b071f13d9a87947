"""The timeline of an incident: what history says about its members, its project and itself."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from labeltrust.domain.incident_times import Suspect
from labeltrust.store.project_acts import RecordedAct, acts_between
from labeltrust.store.tables import Project

MOST_READ = 5_000
MOST_SHOWN = 300
_OF_FLAGS = ("flag.opened", "flag.confirmed", "flag.dismissed", "flag.reopened")
_OF_FREEZES = ("freeze.placed", "freeze.lifted")
_OF_PROJECT = ("snapshot.created", "gate.opened", "gate.closed")
_OF_INCIDENTS = tuple(
    f"incident.{word}"
    for word in (
        "opened", "updated", "member_added", "member_removed", "task_added", "task_done",
        "step_done", "step_undone", "contained", "resolved", "closed", "reopened", "bundled",
    )
)  # fmt: skip
TYPES = (*_OF_FLAGS, *_OF_FREEZES, *_OF_PROJECT, *_OF_INCIDENTS)

Members = tuple[Mapping[Suspect, str], AbstractSet[int]]
"""Labelers and sources with their names, and the numbers of the flags."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened; `sequence` is its place in the project's history."""

    at: datetime
    actor: str
    what: str
    text: str
    sequence: int


def timeline(
    session: Session,
    project: Project,
    incident: int,
    members: Members,
    window: tuple[datetime, datetime],
) -> tuple[list[TimelineEntry], bool]:
    """Return what happened, oldest first, and whether the beginning is left out."""
    acts = acts_between(session, project, TYPES, window, limit=MOST_READ)
    told = [act for act in acts if _belongs(act, incident, members)]
    is_cut = len(told) > MOST_SHOWN or len(acts) == MOST_READ
    return [_entry(act, members[0]) for act in reversed(told[:MOST_SHOWN])], is_cut


def _belongs(act: RecordedAct, incident: int, members: Members) -> bool:
    names, flags = members
    if act.type in _OF_PROJECT:
        return True
    if act.type in _OF_INCIDENTS:
        return act.detail.get("incident") == incident
    if act.detail.get("flag") in flags:
        return True
    return ("labeler", act.labeler_id) in names or ("source", act.source_id) in names


def _entry(act: RecordedAct, names: Mapping[Suspect, str]) -> TimelineEntry:
    return TimelineEntry(
        at=act.at,
        actor=act.actor,
        what=act.type.replace(".", " ").replace("_", " "),
        text=_text(act, names),
        sequence=act.sequence,
    )


def _text(act: RecordedAct, names: Mapping[Suspect, str]) -> str:
    detail = act.detail
    if act.type.startswith("gate."):
        return "; ".join(str(reason["detail"]) for reason in detail.get("reasons", ()))
    if act.type == "snapshot.created":
        return f"snapshot {detail.get('snapshot')} with {detail.get('rows')} items"
    parts = [
        f"{key} {detail[key]}" for key in ("flag", "freeze", "task", "step") if detail.get(key)
    ]
    who = _who(act, names)
    words = ("title", "words", "severity", "note", "reason")
    said = [str(detail[key]) for key in words if detail.get(key)]
    head = ", ".join([*parts, *([who] if who else [])])
    return ": ".join(part for part in (head, "; ".join(said)) if part)


def _who(act: RecordedAct, names: Mapping[Suspect, str]) -> str:
    for kind, number in (("labeler", act.labeler_id), ("source", act.source_id)):
        if number is not None and (kind, number) in names:
            return f"{kind} {names[kind, number]}"
    return ""
