"""Sign people in to the console by a link that works once; their sessions and the end of them."""

import secrets
from contextlib import suppress
from datetime import datetime, timedelta

from sqlmodel import Session as Db

from labeltrust.domain.access import Session, SignInLink
from labeltrust.domain.errors import Busy, NotFound, NotProven
from labeltrust.domain.principals import Principal
from labeltrust.services.create_key import SECRET_BYTES, key_digest
from labeltrust.services.deployment import Deployment
from labeltrust.services.manageable import manageable_person
from labeltrust.store import tables
from labeltrust.store.history import SYSTEM, append
from labeltrust.store.people import (
    find_person,
    insert_sign_in,
    note_use,
    signed_in,
    use_sign_in,
)
from labeltrust.store.scopes import scope_of
from labeltrust.store.session import reading, unit_of_work

# A page after the other: that a session is in use is noted so often at most.
_NOTED_EVERY = timedelta(minutes=1)


def create_sign_in_link(
    deployment: Deployment, principal: Principal, person: str, *, password: bool = False
) -> SignInLink:
    """Make a link that signs a person in, once, within `sign_in_link_minutes`.

    Args:
        deployment: The installation.
        principal: Who makes it.
        person: Whose it is.
        password: A link that sets the person's password instead.

    Raises:
        NotAllowed: The role may not manage.
        NotFound: There is nobody of that name, they see more than the actor, or access was ended.
    """
    principal.require("manage")
    at = deployment.clock()
    expires_at = at + timedelta(minutes=deployment.settings.sign_in_link_minutes)
    token = secrets.token_urlsafe(SECRET_BYTES)
    kind = "password" if password else "link"
    with unit_of_work(deployment.engine) as session:
        row = manageable_person(session, principal, person)
        if row.disabled_at is not None:
            detail = f"access of {person!r} was ended"
            raise NotFound(detail)
        insert_sign_in(session, row, kind, key_digest(token), (at, expires_at))
        append(
            session,
            chain=SYSTEM,
            type="sign_in.password_link_made" if password else "sign_in.link_made",
            actor=principal.name,
            at=at,
            detail={"person": person},
        )
    place = "password" if password else "sign-in"
    address = f"{deployment.settings.address}/{place}/{token}"
    return SignInLink(person=person, expires_at=expires_at, address=address)


def sign_in(deployment: Deployment, token: str) -> Session:
    """Use up a sign-in link and open a session of `session_hours`.

    Raises:
        NotProven: The link is unknown, used up or too old.
    """
    with unit_of_work(deployment.engine) as session:
        row = use_sign_in(session, "link", link_digest(token), deployment.clock())
        if row is None:
            raise NotProven("this sign-in link was used already or is too old")
        return _begun(deployment, session, row, "link")


def begin_session(deployment: Deployment, name: str, *, how: str) -> Session | None:
    """Open a session for a person who proved who it is, None where access was ended.

    Args:
        deployment: The installation.
        name: Whose.
        how: `password` or `oidc`, for the history.
    """
    with unit_of_work(deployment.engine) as session:
        row = find_person(session, name)
        return None if row is None else _begun(deployment, session, row, how)


def _begun(deployment: Deployment, session: Db, row: tables.Person, how: str) -> Session:
    at = deployment.clock()
    expires_at = at + timedelta(hours=deployment.settings.session_hours)
    token = secrets.token_urlsafe(SECRET_BYTES)
    insert_sign_in(session, row, "session", key_digest(token), (at, expires_at))
    append(
        session,
        chain=SYSTEM,
        type="sign_in.used",
        actor=f"person:{row.name}",
        at=at,
        detail={"person": row.name, "by": how},
    )
    return Session(person=row.name, expires_at=expires_at, token=token)


def sign_out(deployment: Deployment, token: str) -> None:
    """End a session; ending it twice is no error."""
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        row = use_sign_in(session, "session", link_digest(token), at)
        if row is not None:
            append(
                session,
                chain=SYSTEM,
                type="sign_in.ended",
                actor=f"person:{row.name}",
                at=at,
                detail={"person": row.name},
            )


def authenticate_session(deployment: Deployment, token: str, *, in_use: bool = True) -> Principal:
    """Return the person of a live session, with role and scope.

    Args:
        deployment: The installation.
        token: The session's.
        in_use: Whether a person is at it: a page that asks by itself keeps no session alive.

    Raises:
        NotProven: The session is unknown, ended, idle or too old, or access was ended.
    """
    at = deployment.clock()
    idle = timedelta(minutes=deployment.settings.session_idle_minutes)
    digest = link_digest(token)
    with reading(deployment.engine) as session:
        found = signed_in(session, digest, at, idle)
    if found is None:
        raise NotProven("not signed in")
    row, seen_at = found
    if in_use and at - seen_at >= min(_NOTED_EVERY, idle / 4):
        _note_use(deployment, digest, at)
    return _principal(row)


def _note_use(deployment: Deployment, digest: bytes, at: datetime) -> None:
    # Reading must go on where nothing can be written; the next page notes it.
    with suppress(Busy), unit_of_work(deployment.engine) as session:
        note_use(session, digest, at)


def _principal(row: tables.Person) -> Principal:
    scope = scope_of(row.projects)
    return Principal(
        name=f"person:{row.name}",
        role=row.role,
        projects=None if scope is None else frozenset(scope),
        person=row.name,
    )


def link_digest(token: str) -> bytes:
    """Return the digest of any text that somebody sent, lone surrogates too."""
    return key_digest(token.encode(errors="replace").decode())
