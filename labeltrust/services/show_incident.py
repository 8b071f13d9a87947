"""An incident as it is read: members, what is to be done, times, and a timeline from history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from labeltrust.domain.estimates import Undefined
from labeltrust.domain.flags import FlagState
from labeltrust.domain.incident_times import Span, Suspect, time_to_contain, time_to_detect
from labeltrust.domain.incidents import STEPS, IncidentState
from labeltrust.domain.principals import Principal
from labeltrust.services._incident_spans import SuspectSpan, suspect_spans
from labeltrust.services._incident_timeline import (
    Concerned,
    TimelineEntry,
    hidden_audits,
    timeline,
)
from labeltrust.services._incidents import seen_incident
from labeltrust.services.deployment import Deployment
from labeltrust.services.list_incidents import IncidentLine, line_of
from labeltrust.store.chains import chain_end
from labeltrust.store.flags import flags_among
from labeltrust.store.freezes import source_names, states_among
from labeltrust.store.incidents import (
    IncidentRow,
    Member,
    Task,
    members_of,
    tasks_of,
)
from labeltrust.store.labelers import labeler_names
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading

_LEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMember:
    """A member with its name: `kind` is `flag`, `labeler` or `source`.

    Attributes:
        id: Number by which it is taken out.
        name: Of the labeler (for a flag: whom it is about) or the source.
        flag: Number of the flag, or None.
        status: Status and severity of the flag, empty for others.
    """

    id: int
    kind: str
    name: str
    flag: int | None
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredTime:
    """A time in seconds, from one moment to another; or the reason why there is none.

    Attributes:
        start: The moment it is measured from; `start_of` says what that is.
        end: The moment it is measured to; `end_of` says what that is.
        reason: Why there is none, else empty.
    """

    seconds: float | None
    start: datetime | None
    end: datetime | None
    reason: str
    start_of: str = ""
    end_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TickedStep:
    """A step of the checklist; `by` and `at` are None while it is not done."""

    step: str
    by: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentCase:
    """An incident with everything that belongs to it.

    Attributes:
        to_detect: From the first bad label to the first finding.
        to_contain: From the first finding until all suspects' labels were held out.
        suspects: Each labeler and source in time, whoever began first on top.
        timeline: Oldest first; `timeline_is_cut` where earlier entries are left out.
        position: Place of the newest record of the project's chain, when this was read.
    """

    incident: IncidentLine
    summary: str
    lessons: str
    members: tuple[ShownMember, ...]
    checklist: tuple[TickedStep, ...]
    tasks: tuple[Task, ...]
    to_detect: MeasuredTime
    to_contain: MeasuredTime
    suspects: tuple[SuspectSpan, ...]
    timeline: tuple[TimelineEntry, ...]
    timeline_is_cut: bool
    position: int


def show_incident(deployment: Deployment, principal: Principal, number: int) -> IncidentCase:
    """Return one incident.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such incident in scope.
    """
    now = deployment.clock()
    with reading(deployment.engine) as session:
        row = seen_incident(session, principal, number, "read")
        return _case(session, principal, row, now)


def _case(session: Session, principal: Principal, row: IncidentRow, now: datetime) -> IncidentCase:
    project = project_row(session, row.project)
    members = members_of(session, row.state.id)
    numbers = [m.flag_id for m in members if m.flag_id is not None]
    flags = {f.state.id: f.state for f in flags_among(session, row.project_id, numbers)}
    names = _names(session, members, flags)
    suspects = {who: names[who] for who in _suspects(members, flags)}
    labelers = [number for kind, number in names if kind == "labeler"]
    freezes = states_among(
        session,
        row.project_id,
        [number for kind, number in suspects if kind == "labeler"],
        [number for kind, number in suspects if kind == "source"],
    )
    told, is_cut = timeline(
        session,
        project,
        Concerned(
            incident=row.state.id,
            names=names,
            flags=frozenset(flags),
            freezes=frozenset(freeze.id for freeze in freezes),
            hidden=hidden_audits(session, principal, project, (labelers, flags)),
        ),
        _window(row.state, flags.values(), now),
    )
    return IncidentCase(
        incident=line_of(row),
        summary=row.state.summary,
        lessons=row.state.lessons,
        members=tuple(_shown(m, flags, names) for m in members),
        checklist=tuple(_ticked(row.state, step) for step in STEPS),
        tasks=tuple(tasks_of(session, row.state.id)),
        to_detect=_time(time_to_detect(list(flags.values()))),
        to_contain=_time(time_to_contain(list(flags.values()), suspects, freezes)),
        suspects=suspect_spans(suspects, flags.values(), freezes),
        timeline=tuple(told),
        timeline_is_cut=is_cut,
        position=chain_end(session, project).position,
    )


def _names(
    session: Session, members: Sequence[Member], flags: Mapping[int, FlagState]
) -> dict[Suspect, str]:
    labelers = {m.labeler_id for m in members if m.labeler_id is not None}
    labelers |= {flag.labeler_id for flag in flags.values()}
    sources = [m.source_id for m in members if m.source_id is not None]
    found: dict[Suspect, str] = {
        ("labeler", number): name for number, name in labeler_names(session, labelers).items()
    }
    if sources:
        known = source_names(session, sources)
        found |= {("source", number): name for number, name in known.items()}
    return found


def _suspects(members: Sequence[Member], flags: Mapping[int, FlagState]) -> set[Suspect]:
    """Return whose labels are to be held out: all members, but who was cleared by a verdict."""
    found: set[Suspect] = {("source", m.source_id) for m in members if m.source_id is not None}
    found |= {("labeler", m.labeler_id) for m in members if m.labeler_id is not None}
    standing = (flag for flag in flags.values() if flag.status != "dismissed")
    return found | {("labeler", flag.labeler_id) for flag in standing}


def _window(
    state: IncidentState, flags: Iterable[FlagState], now: datetime
) -> tuple[datetime, datetime]:
    opened = [flag.opened_at for flag in flags]
    return min([state.opened_at, *opened]) - _LEAD, state.closed_at or now


def _shown(
    member: Member, flags: Mapping[int, FlagState], names: Mapping[Suspect, str]
) -> ShownMember:
    if member.flag_id is not None:
        flag = flags[member.flag_id]
        name = names["labeler", flag.labeler_id]
        status = f"{flag.status}, {flag.severity}"
        return ShownMember(id=member.id, kind="flag", name=name, flag=flag.id, status=status)
    if member.labeler_id is not None:
        name = names["labeler", member.labeler_id]
        return ShownMember(id=member.id, kind="labeler", name=name, flag=None, status="")
    name = names["source", member.source_id or 0]
    return ShownMember(id=member.id, kind="source", name=name, flag=None, status="")


def _ticked(state: IncidentState, step: str) -> TickedStep:
    by, at = state.checklist.get(step, (None, None))
    return TickedStep(step=step, by=by, at=at)


def _time(found: Span | Undefined) -> MeasuredTime:
    if isinstance(found, Undefined):
        return MeasuredTime(seconds=None, start=None, end=None, reason=found.reason)
    return MeasuredTime(
        seconds=found.seconds,
        start=found.start,
        end=found.end,
        reason="",
        start_of=found.start_of,
        end_of=found.end_of,
    )
