"""What the suspects of an incident did to the training labels, and what is still to be audited."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from labeltrust.domain.audits import AuditState
from labeltrust.domain.flags import FlagState
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import Project
from labeltrust.services._audits import knows_all, reviewer_name
from labeltrust.services._heavy import heavily
from labeltrust.services._incidents import seen_incident
from labeltrust.services.deployment import Deployment
from labeltrust.services.estimate_damage import DamageAsked, DamageReport, damage_of_labelers
from labeltrust.store.audit_work import answered_by
from labeltrust.store.audits import audits_about
from labeltrust.store.flags import flags_among
from labeltrust.store.freezes import source_names
from labeltrust.store.incidents import members_of
from labeltrust.store.labelers import labeler_names
from labeltrust.store.projects import project_of, project_row
from labeltrust.store.session import reading

NOBODY = "no labeler belongs to it whose labels are under suspicion"
_MAIN = "label"
_RUNNING = ("drawn", "under_way")


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What would tell how many labels of a suspect are wrong.

    Attributes:
        labeler: Outside id of the suspect.
        flag: Number of the flag that an audit can be drawn for, or None.
        audit: Number of an audit that waits for reviewers, or None where one is to be drawn.
        why: Why nothing is known yet.
        command: The command line that goes on with it; None where a name cannot be typed.
    """

    labeler: str
    flag: int | None
    audit: int | None
    why: str
    command: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentDamage:
    """The damage of an incident's suspects.

    Attributes:
        incident: Number of the incident.
        project: Name of its project.
        reason: Why there is no report, else empty.
        reports: One a question that its flags are about.
        steps: What is still to be audited, in the order of the suspects.
        sources: Sources of the incident; what they sent is not weighed up here.
    """

    incident: int
    project: str
    reason: str
    reports: tuple[DamageReport, ...]
    steps: tuple[NextStep, ...]
    sources: tuple[str, ...]


def incident_damage(deployment: Deployment, principal: Principal, number: int) -> IncidentDamage:
    """Weigh up what the suspects of an incident did; all labels of its project are read for it.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such incident in scope.
        InvalidInput: It has too many suspects.
        Busy: Too much heavy work waits already.
    """
    with reading(deployment.engine) as session:
        wanted = _wanted(session, principal, number)
    if not wanted.suspects:
        return _found(wanted, (), ())
    return heavily(deployment, _weighed, principal, wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """Whose damage is asked for: labelers by question, the flag and the open audit of each."""

    incident: int
    project: str
    suspects: dict[str, tuple[int, ...]]
    names: dict[int, str]
    flags: dict[int, int]
    audits: dict[int, int]
    sources: tuple[str, ...]


def _wanted(session: Session, principal: Principal, number: int) -> _Wanted:
    row = seen_incident(session, principal, number, "read")
    members = members_of(session, number)
    numbers = [m.flag_id for m in members if m.flag_id is not None]
    flags = [
        found.state
        for found in flags_among(session, row.project_id, numbers)
        if found.state.status != "dismissed"
    ]
    labelers = [m.labeler_id for m in members if m.labeler_id is not None]
    sources = [m.source_id for m in members if m.source_id is not None]
    project = project_of(session, project_row(session, row.project))
    who = list(dict.fromkeys([*(flag.labeler_id for flag in flags), *labelers]))
    known = [flag.id for flag in flags]
    running = audits_about(session, row.project_id, (who, known), _RUNNING)
    return _Wanted(
        incident=number,
        project=row.project,
        suspects=_suspects(project, flags, labelers),
        names=labeler_names(session, who),
        flags={flag.labeler_id: flag.id for flag in reversed(flags)},
        audits=dict(_told(session, principal, running)),
        sources=tuple(source_names(session, sources).values()) if sources else (),
    )


def _suspects(
    project: Project, flags: Sequence[FlagState], labelers: Sequence[int]
) -> dict[str, tuple[int, ...]]:
    """Return the suspects by question: who is flagged there, and who is named without a flag."""
    names = [question.name for question in project.questions]
    main = _MAIN if _MAIN in names else names[0]
    asked = {flag.question or main for flag in flags} & set(names) or {main}
    found = {}
    for name in (name for name in names if name in asked):
        flagged = [flag.labeler_id for flag in flags if (flag.question or main) == name]
        if who := tuple(dict.fromkeys([*flagged, *labelers])):
            found[name] = who
    return found


def _told(
    session: Session, principal: Principal, running: Sequence[AuditState]
) -> Iterator[tuple[int, int]]:
    given = answered_by(session, [one.id for one in running], reviewer_name(principal))
    for one in running:
        if one.labeler_id is not None and knows_all(principal, one, given.get(one.id, 0)):
            yield one.labeler_id, one.id


def _weighed(deployment: Deployment, principal: Principal, wanted: _Wanted) -> IncidentDamage:
    reports = tuple(
        damage_of_labelers(
            deployment, principal, DamageAsked(project=wanted.project, question=question), who
        )
        for question, who in wanted.suspects.items()
    )
    return _found(wanted, reports, tuple(_steps(wanted, reports)))


def _found(
    wanted: _Wanted, reports: tuple[DamageReport, ...], steps: tuple[NextStep, ...]
) -> IncidentDamage:
    return IncidentDamage(
        incident=wanted.incident,
        project=wanted.project,
        reason="" if reports else NOBODY,
        reports=reports,
        steps=steps,
        sources=wanted.sources,
    )


def _steps(wanted: _Wanted, reports: Sequence[DamageReport]) -> Iterator[NextStep]:
    seen = set[int]()
    for report, who in zip(reports, wanted.suspects.values(), strict=True):
        for labeler, share in zip(who, report.suspects, strict=True):
            if share.why_not is None or labeler in seen:
                continue
            seen.add(labeler)
            audit = wanted.audits.get(labeler)
            yield NextStep(
                labeler=share.labeler,
                flag=wanted.flags.get(labeler),
                audit=audit,
                why=share.why_not,
                command=_command(wanted, labeler, audit),
            )


def _command(wanted: _Wanted, labeler: int, audit: int | None) -> str | None:
    if audit is not None:
        return f"labeltrust audit tasks {audit}"
    flag = wanted.flags.get(labeler)
    whose = f"--labeler={wanted.names[labeler]}" if flag is None else f"--flag={flag}"
    words = [f"--project={wanted.project}", whose]
    if not all(word.isprintable() for word in words):
        return None
    return " ".join(["labeltrust audit draw", *map(shlex.quote, words)])
