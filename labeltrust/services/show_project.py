"""Show projects as they stand."""

from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import Project
from labeltrust.services.deployment import Deployment
from labeltrust.store.projects import project_of, project_row, project_rows
from labeltrust.store.session import reading


def show_project(deployment: Deployment, principal: Principal, name: str) -> Project:
    """Return one project.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    principal.require("read", name)
    with reading(deployment.engine) as session:
        return project_of(session, project_row(session, name))


def list_projects(deployment: Deployment, principal: Principal) -> tuple[Project, ...]:
    """Return the projects in scope, by name.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        seen = (row for row in project_rows(session) if principal.sees(row.name))
        return tuple(project_of(session, row) for row in seen)


def project_names(deployment: Deployment, principal: Principal) -> tuple[str, ...]:
    """Return the names of the projects in scope, in order, by one query.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        return tuple(row.name for row in project_rows(session) if principal.sees(row.name))
