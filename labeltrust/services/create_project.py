"""Create a project with its questions."""

import msgspec

from labeltrust.domain.errors import NotAllowed
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import Project, ProjectDraft, checked_draft
from labeltrust.services.deployment import Deployment
from labeltrust.store.history import append
from labeltrust.store.projects import insert_project, project_of
from labeltrust.store.session import unit_of_work


def create_project(deployment: Deployment, principal: Principal, draft: ProjectDraft) -> Project:
    """Create a project; its chain begins with this act.

    Raises:
        NotAllowed: The role may not configure, or the name is out of scope.
        InvalidInput: The draft names what cannot be; field and value are in the message.
        Conflict: The name is taken.
    """
    principal.require("configure")
    if not principal.sees(draft.name):
        raise NotAllowed("this key may not create projects outside its scope")
    checked_draft(draft)
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        row = insert_project(session, draft, at)
        detail = msgspec.to_builtins(draft)
        append(
            session,
            chain=draft.name,
            type="project.created",
            actor=principal.name,
            at=at,
            detail=detail,
        )
        return project_of(session, row)
