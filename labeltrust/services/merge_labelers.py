"""Say that two labelers are one person, on one platform or on two."""

from labeltrust.domain.errors import Conflict, InvalidInput
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services._identity import (
    MERGED,
    IdentityAct,
    Named,
    act_rows,
    check_scope,
    name_of,
    tell,
    told_acts,
)
from labeltrust.services.deployment import Deployment
from labeltrust.store.identity import attach, move_cases, names_of, projects_with
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading, unit_of_work


def merge_labelers(
    deployment: Deployment,
    principal: Principal,
    project: str,
    labeler: Named,
    into: Named,
    *,
    reason: str,
) -> IdentityAct:
    """Count what one labeler said as said by another from now on; nothing said is changed.

    Flags, freezes and audits go along, and `undo_identity` gives them back.

    Args:
        deployment: The installation.
        principal: Who says so.
        project: In which both names are known.
        labeler: Who is to be joined.
        into: The person it is.
        reason: Why, in words; kept in the history.

    Raises:
        NotAllowed: The role may not freeze, or does not see all projects concerned.
        NotFound: There is no such project or labeler.
        InvalidInput: They are one already, of two kinds, or the reason is empty.
        Conflict: Somebody changed one of them in this moment.
    """
    principal.require("freeze", project)
    note = checked_note(reason, "reason")
    with reading(deployment.engine) as session:
        row = project_row(session, project)
        one = name_of(deployment, session, row, labeler)
        other = name_of(deployment, session, row, into)
        moved = [name.alias_id for name in names_of(session, one.labeler_id)]
        kept = [name.alias_id for name in names_of(session, other.labeler_id)]
    if one.labeler_id == other.labeler_id:
        raise InvalidInput("both names are one labeler already", place="into", code="same_labeler")
    if one.kind != other.kind:
        detail = f"a {one.kind} and a {other.kind} are not one labeler"
        raise InvalidInput(detail, place="into", code="other_kind")
    projects = projects_with(deployment.engine, [*moved, *kept])
    check_scope(principal, projects)
    with unit_of_work(deployment.engine) as session:
        if [n.alias_id for n in names_of(session, one.labeler_id)] != moved:
            raise Conflict("one of the labelers was changed in this moment; try again")
        attach(session, moved, other.labeler_id)
        cases = move_cases(session, one.labeler_id, other.labeler_id)
        told = {
            "labeler": other.labeler_id,
            "other": one.labeler_id,
            "aliases": moved,
            "reason": note,
            **cases,
        }
        act = (MERGED, principal.name, deployment.clock())
        number = tell(session, act, projects, other.labeler_id, told)
        rows, undone = act_rows(session)
        return told_acts(session, [r for r in rows if r.sequence == number], undone)[0]
