"""Incidents as rows; whoever changes one appends the event in the same transaction."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import Select

from labeltrust.domain.errors import Conflict, NotFound
from labeltrust.domain.incidents import IncidentState
from labeltrust.store.chains import FRESH
from labeltrust.store.inserting import known_id
from labeltrust.store.tables import Incident, IncidentMember, IncidentTask, Project


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """An incident with its project."""

    project_id: int
    project: str
    state: IncidentState


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A flag, labeler or source of an incident; two of the three are None."""

    id: int = 0
    flag_id: int | None = None
    labeler_id: int | None = None
    source_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to be done about an incident; `due_on` is a day as ISO text, or empty."""

    id: int
    words: str
    owner: str
    due_on: str
    done_at: datetime | None
    done_by: str | None


def add_incident(session: Session, project_id: int, state: IncidentState) -> int:
    """Store a new incident and return its number; `state.id` is ignored."""
    row = Incident(project_id=project_id, **_columns(state))
    session.add(row)
    session.flush()
    return known_id(row.id)


def save_incident(session: Session, state: IncidentState) -> None:
    """Store an incident as it is to be."""
    row = session.exec(select(Incident).where(col(Incident.id) == state.id)).one()
    for name, value in _columns(state).items():
        setattr(row, name, value)
    session.add(row)
    session.flush()


def get_incident(session: Session, number: int) -> IncidentRow:
    """Return one incident.

    Raises:
        NotFound: No incident has this number.
    """
    wanted = with_project().where(col(Incident.id) == number).execution_options(**FRESH)
    found = session.exec(wanted).first()
    if found is None:
        detail = f"no incident {number}"
        raise NotFound(detail)
    return row_of(*found)


def with_project() -> Select[Incident, Project]:
    """Return the question for incidents with their projects."""
    return select(Incident, Project).where(col(Project.id) == col(Incident.project_id))


def incidents_of_all(
    session: Session,
    projects: frozenset[str] | None,
    chosen: Mapping[str, str | None],
    *,
    before: int | None = None,
    limit: int,
) -> list[IncidentRow]:
    """Return incidents of all projects, newest first.

    Args:
        session: An open read.
        projects: Names of the projects in scope, or None for all.
        chosen: Only those with this `status` and `severity`; None leaves one open.
        before: Only incidents with a smaller number.
        limit: At most so many.
    """
    wanted = with_project()
    if projects is not None:
        wanted = wanted.where(col(Project.name).in_(projects))
    for name, value in chosen.items():
        if value is not None:
            wanted = wanted.where(col(getattr(Incident, name)) == value)
    if before is not None:
        wanted = wanted.where(col(Incident.id) < before)
    found = session.exec(wanted.order_by(col(Incident.id).desc()).limit(limit))
    return [row_of(*pair) for pair in found]


def members_of(session: Session, incident: int) -> list[Member]:
    """Return the members of an incident, oldest first."""
    wanted = select(IncidentMember).where(col(IncidentMember.incident_id) == incident)
    return [
        Member(
            id=known_id(row.id),
            flag_id=row.flag_id,
            labeler_id=row.labeler_id,
            source_id=row.source_id,
        )
        for row in session.exec(wanted.order_by(col(IncidentMember.id)))
    ]


def add_member(session: Session, incident: int, member: Member, actor: str, at: datetime) -> None:
    """Add a member.

    Raises:
        Conflict: It is one already.
    """
    known = [(m.flag_id, m.labeler_id, m.source_id) for m in members_of(session, incident)]
    if (member.flag_id, member.labeler_id, member.source_id) in known:
        detail = f"it belongs to incident {incident} already"
        raise Conflict(detail)
    row = IncidentMember(
        incident_id=incident,
        flag_id=member.flag_id,
        labeler_id=member.labeler_id,
        source_id=member.source_id,
        added_at=at,
        added_by=actor,
    )
    session.add(row)
    session.flush()


def remove_member(session: Session, incident: int, number: int) -> Member:
    """Remove a member by its row and return what it was; history keeps that it was one.

    Raises:
        NotFound: The incident has no such member.
    """
    wanted = select(IncidentMember).where(
        col(IncidentMember.id) == number, col(IncidentMember.incident_id) == incident
    )
    row = session.exec(wanted).first()
    if row is None:
        detail = f"incident {incident} has no member {number}"
        raise NotFound(detail)
    session.delete(row)
    session.flush()
    return Member(
        id=number, flag_id=row.flag_id, labeler_id=row.labeler_id, source_id=row.source_id
    )


def tasks_of(session: Session, incident: int) -> list[Task]:
    """Return what is to be done about an incident, oldest first."""
    wanted = select(IncidentTask).where(col(IncidentTask.incident_id) == incident)
    return [
        Task(
            id=known_id(row.id),
            words=row.words,
            owner=row.owner,
            due_on=row.due_on,
            done_at=row.done_at,
            done_by=row.done_by,
        )
        for row in session.exec(wanted.order_by(col(IncidentTask.id)))
    ]


def add_task(session: Session, incident: int, task: Task, actor: str, at: datetime) -> int:
    """Store something to be done and return its number; `task.id` is ignored."""
    row = IncidentTask(
        incident_id=incident,
        words=task.words,
        owner=task.owner,
        due_on=task.due_on,
        added_at=at,
        added_by=actor,
    )
    session.add(row)
    session.flush()
    return known_id(row.id)


def finish_task(session: Session, incident: int, number: int, actor: str, at: datetime) -> None:
    """Store that something was done.

    Raises:
        NotFound: The incident has no such task.
        Conflict: It is done already.
    """
    wanted = select(IncidentTask).where(
        col(IncidentTask.id) == number, col(IncidentTask.incident_id) == incident
    )
    row = session.exec(wanted.execution_options(**FRESH)).first()
    if row is None:
        detail = f"incident {incident} has no task {number}"
        raise NotFound(detail)
    if row.done_at is not None:
        detail = f"task {number} is done already"
        raise Conflict(detail)
    row.done_at, row.done_by = at, actor
    session.add(row)
    session.flush()


def open_incidents(session: Session, projects: frozenset[str] | None) -> int:
    """Return how many incidents are not closed."""
    wanted = select(func.count()).select_from(Incident).where(col(Incident.status) != "closed")
    if projects is not None:
        wanted = wanted.join(Project, col(Project.id) == col(Incident.project_id))
        wanted = wanted.where(col(Project.name).in_(projects))
    return session.exec(wanted).one()


def _columns(state: IncidentState) -> dict[str, Any]:
    done = {step: [by, at.isoformat()] for step, (by, at) in state.checklist.items()}
    return {
        "title": state.title,
        "status": state.status,
        "severity": state.severity,
        "owner": state.owner,
        "summary": state.summary,
        "lessons": state.lessons,
        "checklist": json.dumps(done, sort_keys=True),
        "opened_at": state.opened_at,
        "opened_by": state.opened_by,
        "contained_at": state.contained_at,
        "resolved_at": state.resolved_at,
        "closed_at": state.closed_at,
    }


def row_of(row: Incident, project: Project) -> IncidentRow:
    """Return an incident as it stands on record."""
    return IncidentRow(project_id=row.project_id, project=project.name, state=_state(row))


def _state(row: Incident) -> IncidentState:
    return IncidentState(
        id=known_id(row.id),
        title=row.title,
        status=row.status,
        severity=row.severity,
        owner=row.owner,
        summary=row.summary,
        lessons=row.lessons,
        checklist=_checklist(json.loads(row.checklist)),
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        contained_at=row.contained_at,
        resolved_at=row.resolved_at,
        closed_at=row.closed_at,
    )


def _checklist(done: Mapping[str, tuple[str, str]]) -> Mapping[str, tuple[str, datetime]]:
    return {step: (by, datetime.fromisoformat(at)) for step, (by, at) in done.items()}
