"""Change a project: its title, floors, guideline and questions."""

import msgspec
from sqlmodel import Session

from labeltrust.domain.errors import Conflict, NotAllowed
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import Project, ProjectChange, checked_change
from labeltrust.services.deployment import Deployment
from labeltrust.store.assessments import latest_assessment
from labeltrust.store.history import append
from labeltrust.store.inserting import known_id
from labeltrust.store.projects import project_of, project_row, update_project
from labeltrust.store.session import unit_of_work


def change_project(
    deployment: Deployment, principal: Principal, name: str, change: ProjectChange
) -> Project:
    """Change a project and raise its version; what it was before stays in its chain.

    Raises:
        NotAllowed: The role may not configure, or floors are to change that were decided by.
        NotFound: There is no such project in scope.
        InvalidInput: The change names what cannot be; field and value are in the message.
        Conflict: The project has another version than expected by now.
    """
    principal.require("configure", name)
    checked_change(change)
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        row = project_row(session, name)
        before = project_of(session, row)
        _check_version(before, change.expected_version)
        _check_floors(session, before, change)
        update_project(session, row, change)
        after = project_of(session, row)
        detail = {"before": msgspec.to_builtins(before), "after": msgspec.to_builtins(after)}
        append(
            session,
            chain=name,
            type="project.changed",
            actor=principal.name,
            at=at,
            detail=detail,
        )
        return after


def _check_floors(session: Session, before: Project, change: ProjectChange) -> None:
    """Let one person set floors until something was decided by them."""
    if change.floors is None or dict(change.floors) == dict(before.floors):
        return
    if latest_assessment(session, known_id(project_row(session, before.name).id)) is not None:
        detail = (
            "floors are thresholds: once a project was assessed, a second person approves a "
            "change of them; ask on its settings page or by POST /v1/projects/…/thresholds"
        )
        raise NotAllowed(detail)


def _check_version(project: Project, expected: int | None) -> None:
    if expected is not None and expected != project.version:
        detail = f"project {project.name!r} has version {project.version}, not {expected}"
        raise Conflict(detail)
