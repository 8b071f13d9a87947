"""Say under which name a labeler will come from another source, before it does."""

from labeltrust.domain.errors import Conflict, InvalidInput
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services._cases import lookups_of
from labeltrust.services._identity import (
    ALIAS_ADDED,
    IdentityAct,
    Named,
    act_rows,
    check_scope,
    name_of,
    tell,
    told_acts,
)
from labeltrust.services.deployment import Deployment
from labeltrust.store.identity import add_name, attach, names_by_lookup, names_of, projects_with
from labeltrust.store.inserting import known_id
from labeltrust.store.labelers import project_spaces
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading, unit_of_work

MOST_CHARACTERS = 10_000


def add_alias(
    deployment: Deployment,
    principal: Principal,
    project: str,
    labeler: Named,
    added: Named,
    *,
    reason: str,
) -> IdentityAct:
    """Give a labeler the name that a source will use for them.

    Args:
        deployment: The installation.
        principal: Who says so.
        project: In which the labeler is known, and for which the source may speak.
        labeler: Who is known.
        added: The name, and the source that will use it.
        reason: Why, in words; kept in the history.

    Raises:
        NotAllowed: The role may not freeze, or does not see all projects concerned.
        NotFound: There is no such project or labeler.
        InvalidInput: The source does not speak for the project, or the name cannot be.
        Conflict: The source has used the name: merge the two labelers instead.
    """
    principal.require("freeze", project)
    note = checked_note(reason, "reason")
    with reading(deployment.engine) as session:
        row = project_row(session, project)
        spaces = project_spaces(session, known_id(row.id))
        known = name_of(deployment, session, row, labeler)
        names = [one.alias_id for one in names_of(session, known.labeler_id)]
    name, source = added.name, added.source or ""
    if source not in spaces:
        detail = f"source {source[:200]!r} does not speak for project {project!r}"
        raise InvalidInput(detail, place="source", code="unknown_source")
    lookups = lookups_of(deployment, [spaces[source]], name)
    if not lookups or not 0 < len(name) <= MOST_CHARACTERS:
        raise InvalidInput("cannot be the name of a labeler", place="name", code="bad_name")
    projects = projects_with(deployment.engine, names)
    check_scope(principal, projects)
    with unit_of_work(deployment.engine) as session:
        if names_by_lookup(session, lookups):
            detail = f"source {source!r} has used this name; merge the two labelers instead"
            raise Conflict(detail)
        made = add_name(session, deployment.vault, name, spaces[source], known.kind)
        attach(session, [made], known.labeler_id)
        detail_of = {"labeler": known.labeler_id, "other": made, "aliases": [made], "reason": note}
        act = (ALIAS_ADDED, principal.name, deployment.clock())
        number = tell(session, act, projects, known.labeler_id, detail_of)
        rows, undone = act_rows(session)
        return told_acts(session, [r for r in rows if r.sequence == number], undone)[0]
