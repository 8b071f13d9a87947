"""Say that a name of a merged labeler is somebody else."""

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services._identity import (
    SPLIT,
    IdentityAct,
    Named,
    act_rows,
    check_scope,
    name_of,
    tell,
    told_acts,
)
from labeltrust.services.deployment import Deployment
from labeltrust.store.identity import detach, names_of, projects_with
from labeltrust.store.projects import project_row
from labeltrust.store.session import unit_of_work


def split_labeler(
    deployment: Deployment,
    principal: Principal,
    project: str,
    name: Named,
    *,
    reason: str,
) -> IdentityAct:
    """Let a name stand for itself again; flags and freezes stay with the person it leaves.

    Args:
        deployment: The installation.
        principal: Who says so.
        project: In which the name is known.
        name: The name that is somebody else's.
        reason: Why, in words; kept in the history.

    Raises:
        NotAllowed: The role may not freeze, or does not see all projects concerned.
        NotFound: There is no such project or labeler.
        InvalidInput: The name is alone, or the one that stands for the person.
    """
    principal.require("freeze", project)
    note = checked_note(reason, "reason")
    with unit_of_work(deployment.engine) as session:
        one = name_of(deployment, session, project_row(session, project), name)
        names = [other.alias_id for other in names_of(session, one.labeler_id)]
    if one.alias_id == one.labeler_id:
        detail = (
            "is no name that was joined to another"
            if len(names) == 1
            else "stands for the person; split the other names off"
        )
        raise InvalidInput(detail, place="labeler", code="not_joined")
    projects = projects_with(deployment.engine, names)
    check_scope(principal, projects)
    with unit_of_work(deployment.engine) as session:
        detach(session, one.alias_id)
        told = {
            "labeler": one.labeler_id,
            "other": one.alias_id,
            "aliases": [one.alias_id],
            "reason": note,
        }
        act = (SPLIT, principal.name, deployment.clock())
        number = tell(session, act, projects, one.labeler_id, told)
        rows, undone = act_rows(session)
        return told_acts(session, [r for r in rows if r.sequence == number], undone)[0]
