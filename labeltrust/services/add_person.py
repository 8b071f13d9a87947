"""Add people who act here, change their roles, and disable them."""

from dataclasses import replace
from typing import Any

import msgspec

from labeltrust.domain.access import Person
from labeltrust.domain.errors import Conflict, InvalidInput
from labeltrust.domain.naming import checked_name, checked_note
from labeltrust.domain.principals import Principal, checked_role
from labeltrust.services._system_acts import note_system
from labeltrust.services.deployment import Deployment
from labeltrust.services.granting import check_grant
from labeltrust.services.manageable import is_manageable, manageable_person
from labeltrust.store.history import SYSTEM, append
from labeltrust.store.people import (
    end_sign_ins,
    insert_person,
    person_of,
    person_row,
    person_rows,
)
from labeltrust.store.scopes import scope_text
from labeltrust.store.session import reading, unit_of_work


def add_person(
    deployment: Deployment,
    principal: Principal,
    *,
    name: str,
    role: str,
    projects: tuple[str, ...] | None = None,
) -> Person:
    """Add a person with a role in some projects (None: in all).

    Raises:
        NotAllowed: The role may not manage, or grants more than it has.
        InvalidInput: Name or role cannot be.
        NotFound: A project is not there.
        Conflict: The name is taken.
    """
    principal.require("manage")
    at = deployment.clock()
    person = Person(
        name=checked_name(name, "person"),
        role=_role_of_a_person(role),
        projects=projects,
        created_at=at,
    )
    with unit_of_work(deployment.engine) as session:
        check_grant(session, principal, projects)
        added = person_of(insert_person(session, person))
        detail: dict[str, Any] = {"person": msgspec.to_builtins(added)}
        append(
            session,
            chain=SYSTEM,
            type="person.added",
            actor=principal.name,
            at=at,
            detail=detail,
        )
        return added


def change_person(
    deployment: Deployment,
    principal: Principal,
    *,
    name: str,
    role: str,
    projects: tuple[str, ...] | None,
) -> Person:
    """Give a person another role and scope; who is signed in must sign in again.

    A session that somebody stole while the person could do little is worth nothing afterwards.

    Raises:
        NotAllowed: The role may not manage, or grants more than it has.
        NotFound: Person or project is not there.
    """
    principal.require("manage")
    with unit_of_work(deployment.engine) as session:
        row = manageable_person(session, principal, name)
        check_grant(session, principal, projects)
        before = person_of(row)
        row.role, row.projects = _role_of_a_person(role), scope_text(projects)
        end_sign_ins(session, row, deployment.clock())
        after = person_of(row)
        detail = {"before": msgspec.to_builtins(before), "after": msgspec.to_builtins(after)}
        append(
            session,
            chain=SYSTEM,
            type="person.changed",
            actor=principal.name,
            at=deployment.clock(),
            detail=detail,
        )
        return after


def disable_person(
    deployment: Deployment, principal: Principal, *, name: str, reason: str
) -> Person:
    """End a person's access: sessions, links and keys stop working; the name stays in history.

    Raises:
        NotAllowed: The role may not manage.
        NotFound: There is nobody of that name, or they see more than the actor.
        InvalidInput: The reason is empty.
    """
    principal.require("manage")
    note = checked_note(reason, "reason")
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        row = manageable_person(session, principal, name)
        before = person_of(row)
        row.disabled_at = before.disabled_at or at
        end_sign_ins(session, row, at)
        append(
            session,
            chain=SYSTEM,
            type="person.disabled",
            actor=principal.name,
            at=at,
            detail={"person": name, "reason": note},
        )
        return replace(before, disabled_at=row.disabled_at)


def enable_person(
    deployment: Deployment, principal: Principal, *, name: str, reason: str
) -> Person:
    """Give a person's access back: keys work again, sessions and links stay ended.

    Raises:
        NotAllowed: The role may not manage.
        NotFound: There is nobody of that name, or they see more than the actor.
        Conflict: Access was never ended.
        InvalidInput: The reason is empty.
    """
    principal.require("manage")
    note = checked_note(reason, "reason")
    with unit_of_work(deployment.engine) as session:
        row = manageable_person(session, principal, name)
        if row.disabled_at is None:
            detail = f"access of {name!r} was never ended"
            raise Conflict(detail)
        row.disabled_at = None
        note_system(
            deployment, session, principal, "person.enabled", {"person": name, "reason": note}
        )
        return person_of(row)


def sign_out_everywhere(
    deployment: Deployment, principal: Principal, *, name: str, reason: str
) -> Person:
    """End every session and unused link of a person; one's own needs no right.

    Raises:
        NotAllowed: The role may not manage.
        NotFound: There is nobody of that name, or they see more than the actor.
        InvalidInput: The reason is empty.
    """
    if principal.person != name:
        principal.require("manage")
    note = checked_note(reason, "reason")
    with unit_of_work(deployment.engine) as session:
        own = principal.person == name
        row = person_row(session, name) if own else manageable_person(session, principal, name)
        end_sign_ins(session, row, deployment.clock())
        detail = {"person": name, "reason": note}
        note_system(deployment, session, principal, "sign_in.ended_everywhere", detail)
        return person_of(row)


def list_people(deployment: Deployment, principal: Principal) -> tuple[Person, ...]:
    """Return everybody whom one may manage, by name.

    Raises:
        NotAllowed: The role may not manage.
    """
    principal.require("manage")
    with reading(deployment.engine) as session:
        found = [person_of(row) for row in person_rows(session)]
    return tuple(person for person in found if is_manageable(principal, person.projects))


def _role_of_a_person(role: str) -> str:
    if checked_role(role) == "source":
        detail = "the role 'source' is for keys of sources, not for people"
        raise InvalidInput(detail, place="role", code="unknown_role")
    return role
