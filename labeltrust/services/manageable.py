"""Keys, people and sources that are in somebody's scope, and that they may manage."""

from collections.abc import Collection

from sqlmodel import Session

from labeltrust.domain.errors import NotAllowed, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services.granting import narrowed
from labeltrust.store.keys import key_row, owner_of, speaks_for
from labeltrust.store.people import person_row
from labeltrust.store.scopes import scope_of
from labeltrust.store.sources import source_projects, source_row
from labeltrust.store.tables import ApiKey, Person, Source


def manageable_key(session: Session, principal: Principal, key_id: str) -> ApiKey:
    """Return the row of a key that sees nothing beyond the principal's projects.

    Raises:
        NotFound: There is none of that id, or it sees more; which of both is not said.
    """
    row = key_row(session, key_id)
    if not is_manageable(principal, seen_by_key(session, row)):
        detail = f"no key {key_id[:80]!r}"
        raise NotFound(detail)
    return row


def manageable_person(session: Session, principal: Principal, name: str) -> Person:
    """Return the row of a person who sees nothing beyond the principal's projects.

    Raises:
        NotFound: There is nobody of that name, or they see more; which of both is not said.
    """
    row = person_row(session, name)
    if not is_manageable(principal, scope_of(row.projects)):
        detail = f"no person {name[:200]!r}"
        raise NotFound(detail)
    return row


def manageable_source(session: Session, principal: Principal, name: str) -> Source:
    """Return the row of a source that speaks for the principal's projects only.

    Raises:
        NotFound: There is none of that name, or it speaks for other projects only.
        NotAllowed: It speaks for others as well.
    """
    row = source_row(session, name)
    projects = source_projects(session, row)
    if is_manageable(principal, projects):
        return row
    if any(principal.sees(project) for project in projects):
        detail = f"source {name[:200]!r} speaks for projects out of scope, too"
        raise NotAllowed(detail)
    detail = f"no source {name[:200]!r}"
    raise NotFound(detail)


def seen_source(session: Session, principal: Principal, name: str) -> Source:
    """Return the row of a source that speaks for a project in the principal's scope.

    Raises:
        NotFound: There is none of that name, or it speaks for other projects only.
    """
    row = source_row(session, name)
    if principal.projects is None or principal.projects & set(source_projects(session, row)):
        return row
    detail = f"no source {name[:200]!r}"
    raise NotFound(detail)


def seen_by_key(session: Session, row: ApiKey) -> Collection[str] | None:
    """Return the projects that a key reaches by itself, its person and its source; None: all."""
    person, source = owner_of(session, row), speaks_for(session, row)
    scope = narrowed(scope_of(row.projects), scope_of(person.projects) if person else None)
    return scope if source is None else narrowed(scope, source_projects(session, source))


def is_manageable(principal: Principal, projects: Collection[str] | None) -> bool:
    """Say whether somebody sees all that a scope holds.

    >>> admin = Principal(name="key:a", role="admin", projects=frozenset({"fraud"}))
    >>> is_manageable(admin, ["fraud"]), is_manageable(admin, None)
    (True, False)
    """
    if principal.projects is None:
        return True
    return projects is not None and set(projects) <= principal.projects
