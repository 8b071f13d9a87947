"""Incidents of all projects in scope, as lists show them."""

from dataclasses import dataclass
from datetime import datetime

from labeltrust.domain.incidents import checked_severity, checked_status
from labeltrust.domain.listings import Listed, Listing
from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.store.incident_lists import find_incidents
from labeltrust.store.incidents import IncidentRow, incidents_of_all
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLine:
    """An incident as a list shows it."""

    id: int
    project: str
    title: str
    status: str
    severity: str
    owner: str
    opened_at: datetime
    opened_by: str
    contained_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentsAsked:
    """Which incidents; None leaves a part open."""

    status: str | None = None
    severity: str | None = None
    project: str | None = None


def list_incidents(
    deployment: Deployment,
    principal: Principal,
    asked: IncidentsAsked = IncidentsAsked(),
    *,
    before: int | None = None,
    limit: int = 100,
) -> list[IncidentLine]:
    """Return the incidents of all projects in scope, newest first.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
        InvalidInput: There is no such status or severity.
    """
    principal.require("read", asked.project)
    if asked.status is not None:
        checked_status(asked.status)
    if asked.severity is not None:
        checked_severity(asked.severity)
    with reading(deployment.engine) as session:
        if asked.project is not None:
            project_row(session, asked.project)
        scope = principal.projects if asked.project is None else frozenset({asked.project})
        chosen = {"status": asked.status, "severity": asked.severity}
        rows = incidents_of_all(session, scope, chosen, before=before, limit=limit)
    return [line_of(row) for row in rows]


def search_incidents(
    deployment: Deployment, principal: Principal, wanted: Listing
) -> Listed[IncidentLine]:
    """Return the incidents of all projects in scope as a table asks for them.

    Args:
        deployment: The installation.
        principal: Who reads.
        wanted: Filters `status`, `severity` and `project`; sorted by `id`, `project`, `title`,
            `severity`, `status`, `owner` or `opened_at`.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        found = find_incidents(session, principal.projects, wanted)
    return found.of([line_of(row) for row in found.rows])


def line_of(row: IncidentRow) -> IncidentLine:
    """Return an incident as a list shows it."""
    state = row.state
    return IncidentLine(
        id=state.id,
        project=row.project,
        title=state.title,
        status=state.status,
        severity=state.severity,
        owner=state.owner,
        opened_at=state.opened_at,
        opened_by=state.opened_by,
        contained_at=state.contained_at,
        resolved_at=state.resolved_at,
        closed_at=state.closed_at,
    )
