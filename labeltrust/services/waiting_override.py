"""The request for an override of a gate that waits, and who may answer it."""

from dataclasses import dataclass

from sqlmodel import Session

from labeltrust.domain.approvals import Approval, same_person
from labeltrust.domain.principals import RIGHTS, Principal
from labeltrust.services.approvals._kinds import kind_named
from labeltrust.services.deployment import Deployment
from labeltrust.services.list_approvals import shown_all
from labeltrust.services.second_person import identity_of
from labeltrust.store.approvals import waiting_rows
from labeltrust.store.inserting import known_id
from labeltrust.store.people import person_of, person_rows
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading

KIND = "gate_override"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingOverride:
    """A request that waits for a second person.

    Attributes:
        approval: The request.
        roles: Roles that may give it.
        people: Names of the people with such a role and the project in scope, but for who asked.
        is_own: The reader asked, and cannot give it.
        may_give: The reader may.
    """

    approval: Approval
    roles: tuple[str, ...]
    people: tuple[str, ...]
    is_own: bool
    may_give: bool


def waiting_overrides(
    deployment: Deployment, principal: Principal, project: str
) -> list[WaitingOverride]:
    """Return the requests that wait for somebody to open a gate, newest first.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    principal.require("read", project)
    now = deployment.clock()
    with reading(deployment.engine) as session:
        number = known_id(project_row(session, project).id)
        rows = waiting_rows(session, number, KIND, now)
        shown = shown_all(session, [(row, project) for row in rows], now)
        roles = roles_that_give(KIND)
        people = _people(session, project, roles) if rows else ()
    asked_by = [row.asked_identity for row in rows]
    return [
        _waiting(approval, roles, people, asked, principal)
        for approval, asked in zip(shown, asked_by, strict=True)
    ]


def roles_that_give(kind: str) -> tuple[str, ...]:
    """Return the roles that may approve requests of a kind.

    >>> roles_that_give("gate_override")
    ('qa_lead', 'on_call')
    """
    needs = {"approve", kind_named(kind).right}
    return tuple(role for role, rights in RIGHTS.items() if needs <= rights)


def _people(session: Session, project: str, roles: tuple[str, ...]) -> tuple[str, ...]:
    found = (person_of(row) for row in person_rows(session))
    return tuple(
        one.name
        for one in found
        if one.disabled_at is None
        and one.role in roles
        and (one.projects is None or project in one.projects)
    )


def _waiting(
    approval: Approval,
    roles: tuple[str, ...],
    people: tuple[str, ...],
    asked: str,
    principal: Principal,
) -> WaitingOverride:
    is_own = same_person(asked, identity_of(principal))
    may = principal.may("approve") and principal.may(kind_named(KIND).right)
    return WaitingOverride(
        approval=approval,
        roles=roles,
        people=tuple(name for name in people if not same_person(asked, f"person:{name}")),
        is_own=is_own,
        may_give=may and not is_own,
    )
