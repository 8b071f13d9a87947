"""Say who is to decide a flag."""

from sqlmodel import Session

from labeltrust.domain.cases import FlagCase
from labeltrust.domain.errors import Conflict, InvalidInput
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services._acts import begin_act, note
from labeltrust.services._cases import flag_cases
from labeltrust.services.decide_flag import seen_flag
from labeltrust.services.deployment import Deployment
from labeltrust.store import flags
from labeltrust.store.history import About
from labeltrust.store.people import person_rows
from labeltrust.store.projects import project_row
from labeltrust.store.scopes import scope_of
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.tables import Person


def assign_flag(
    deployment: Deployment,
    principal: Principal,
    flag_id: int,
    *,
    person: str | None,
    reason: str = "",
) -> FlagCase:
    """Assign an open flag to a person who may decide it, or to nobody again.

    Args:
        deployment: The installation.
        principal: Who assigns.
        flag_id: Number of the flag.
        person: Name of the person; None takes the assignment back.
        reason: Why, where that is worth telling.

    Raises:
        NotAllowed: The role may not review.
        NotFound: There is no such flag in scope.
        InvalidInput: The person is not one who may decide this flag.
        Conflict: The flag is decided.
    """
    why = checked_note(reason, "reason") if reason.strip() else ""
    with unit_of_work(deployment.engine) as session:
        seen = seen_flag(session, principal, flag_id, "review")
        project = project_row(session, seen.project)
        act = begin_act(session, project, principal.name, deployment.clock())
        row = flags.get_flag(session, flag_id)  # again, now that nobody else can act
        if row.state.status != "open":
            detail = f"flag {flag_id} is {row.state.status}; reopen it first"
            raise Conflict(detail)
        if person is not None and person not in able(session, row.project):
            detail = f"{person[:200]!r} is nobody who may decide flags of this project"
            raise InvalidInput(detail, place="person", code="not_a_reviewer")
        if person != row.assigned_to:
            flags.assign(session, flag_id, person, act.at)
            moved = {"flag": flag_id, "before": row.assigned_to, "after": person, "reason": why}
            note(act, "flag.assigned", moved, About(labeler_alias_id=row.state.labeler_id))
        return flag_cases(session, [flags.get_flag(session, flag_id)])[0]


def list_reviewers(deployment: Deployment, principal: Principal, project: str) -> tuple[str, ...]:
    """Return the names of those who may decide flags of a project, by name.

    Raises:
        NotAllowed: The role may not review.
        NotFound: There is no such project in scope.
    """
    principal.require("review", project)
    with reading(deployment.engine) as session:
        return able(session, project)


def able(session: Session, project: str) -> tuple[str, ...]:
    """Return the names of the people who may decide flags of a project, by name."""
    return tuple(row.name for row in person_rows(session) if may_decide(row, project))


def may_decide(row: Person, project: str) -> bool:
    """Say whether a person may decide flags of a project."""
    scope = scope_of(row.projects)
    seen = None if scope is None else frozenset(scope)
    who = Principal(name=row.name, role=row.role, projects=seen)
    return row.disabled_at is None and who.may("review") and who.sees(project)
