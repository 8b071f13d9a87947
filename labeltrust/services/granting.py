"""What may be granted to people and keys: never more than the giver has."""

from collections.abc import Collection

from sqlmodel import Session

from labeltrust.domain.errors import NotAllowed
from labeltrust.domain.principals import Principal
from labeltrust.store.projects import project_row


def check_grant(session: Session, principal: Principal, projects: Collection[str] | None) -> None:
    """Refuse a scope that is wider than the giver's, or that names a missing project.

    Args:
        session: An open session.
        principal: Who grants.
        projects: Names of projects, or None for all.

    Raises:
        NotAllowed: All projects are to be granted by somebody who sees some only.
        NotFound: A project is not there, or out of the giver's scope.
    """
    if projects is None:
        if principal.projects is not None:
            raise NotAllowed("all projects can be granted only by who sees all; name some")
        return
    for name in projects:
        principal.require("manage", name)
        project_row(session, name)


def narrowed(scope: Collection[str] | None, other: Collection[str] | None) -> frozenset[str] | None:
    """Return the projects that are in both scopes; None means all.

    >>> sorted(narrowed(("a", "b"), ("b", "c")) or ())
    ['b']
    """
    if scope is None:
        return None if other is None else frozenset(other)
    return frozenset(scope) if other is None else frozenset(scope) & frozenset(other)
