"""The timeline of an incident: what history says about its members, its project and itself."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from labeltrust.domain.incident_times import Suspect
from labeltrust.domain.principals import Principal
from labeltrust.services._audits import knows_all, reviewer_name
from labeltrust.services._timeline_words import words_of
from labeltrust.store.audit_work import answered_by
from labeltrust.store.audits import audits_about
from labeltrust.store.inserting import known_id
from labeltrust.store.project_acts import RecordedAct, acts_between
from labeltrust.store.tables import Project

MOST_READ = 5_000
MOST_SHOWN = 300
_OF_FLAGS = ("flag.opened", "flag.confirmed", "flag.dismissed", "flag.reopened")
_OF_FREEZES = ("freeze.placed", "freeze.lifted", "notice.sent", "appeal.opened", "appeal.decided")
_OF_AUDITS = ("audit.drawn", "audit.finished", "audit.cancelled", "audit.resumed")
_OF_APPROVALS = tuple(f"approval.{word}" for word in ("asked", "approved", "refused", "withdrawn"))
_OF_PROJECT = (
    "snapshot.created", "snapshot.used", "model.trained", "gate.opened", "gate.closed",
    "gate.overridden", "gate.override_ended",
)  # fmt: skip
_OF_INCIDENTS = tuple(
    f"incident.{word}"
    for word in (
        "opened", "updated", "member_added", "member_removed", "task_added", "task_done",
        "step_done", "step_undone", "contained", "resolved", "closed", "reopened", "bundled",
    )
)  # fmt: skip
TYPES = (
    *_OF_FLAGS, *_OF_FREEZES, *_OF_AUDITS, *_OF_APPROVALS, *_OF_PROJECT, *_OF_INCIDENTS,
)  # fmt: skip
_MAY_BE_BLIND = ("drawn", "under_way")


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """Whom and what a timeline is about.

    Attributes:
        incident: Number of the incident, 0 for none.
        names: Labelers and sources with their names.
        flags: Numbers of the flags.
        freezes: Numbers of the freezes that requests of two persons may be about; None for all.
        hidden: Numbers of the audits that are not told, since the reader re-labels in them.
    """

    incident: int
    names: Mapping[Suspect, str]
    flags: AbstractSet[int]
    freezes: AbstractSet[int] | None
    hidden: AbstractSet[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened; `sequence` is its place in the project's history."""

    at: datetime
    actor: str
    what: str
    text: str
    sequence: int


def hidden_audits(
    session: Session,
    principal: Principal,
    project: Project,
    about: tuple[Collection[int], Collection[int]],
) -> frozenset[int]:
    """Return the audits under way of which a reader may not know whom they are about.

    Args:
        session: An open read.
        principal: Who reads.
        project: Whose audits.
        about: Ids of the labelers and numbers of the flags that a timeline tells of.
    """
    running = audits_about(session, known_id(project.id), about, _MAY_BE_BLIND)
    given = answered_by(session, [one.id for one in running], reviewer_name(principal))
    return frozenset(
        one.id for one in running if not knows_all(principal, one, given.get(one.id, 0))
    )


def timeline(
    session: Session, project: Project, about: Concerned, window: tuple[datetime, datetime]
) -> tuple[list[TimelineEntry], bool]:
    """Return what happened, oldest first, and whether the beginning is left out."""
    acts = acts_between(session, project, TYPES, window, limit=MOST_READ)
    asked = _asked(acts, about)
    told = [act for act in acts if _belongs(act, about, asked)]
    is_cut = len(told) > MOST_SHOWN or len(acts) == MOST_READ
    return [_entry(act, about, asked) for act in reversed(told[:MOST_SHOWN])], is_cut


def _asked(acts: Sequence[RecordedAct], about: Concerned) -> Mapping[int, RecordedAct]:
    """Return the requests of two persons that matter here: the gate, and freezes of suspects."""
    return {
        act.detail["approval"]: act
        for act in acts
        if act.type == "approval.asked"
        and (act.detail.get("kind") == "gate_override" or _lifts(act, about.freezes))
    }


def _lifts(act: RecordedAct, freezes: AbstractSet[int] | None) -> bool:
    numbers = set(act.detail.get("change", {}).get("freezes", ()))
    return bool(numbers) if freezes is None else not numbers.isdisjoint(freezes)


def _belongs(act: RecordedAct, about: Concerned, asked: Mapping[int, RecordedAct]) -> bool:
    if act.type in _OF_PROJECT:
        return True
    if act.type in _OF_INCIDENTS:
        return act.detail.get("incident") == about.incident
    if act.type in _OF_APPROVALS:
        return act.detail.get("approval") in asked
    if act.detail.get("audit") in about.hidden:
        return False
    if act.detail.get("flag") in about.flags:
        return True
    return ("labeler", act.labeler_id) in about.names or ("source", act.source_id) in about.names


def _entry(act: RecordedAct, about: Concerned, asked: Mapping[int, RecordedAct]) -> TimelineEntry:
    return TimelineEntry(
        at=act.at,
        actor=act.actor,
        what=act.type.replace(".", " ").replace("_", " "),
        text=words_of(act, about.names, asked.get(act.detail.get("approval", 0))),
        sequence=act.sequence,
    )
