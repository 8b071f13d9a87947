"""Sign people in to the console by a link that works once."""

import secrets
from datetime import timedelta

from labeltrust.domain.access import Session, SignInLink
from labeltrust.domain.errors import NotFound, NotProven
from labeltrust.domain.principals import Principal
from labeltrust.services.create_key import SECRET_BYTES, key_digest
from labeltrust.services.deployment import Deployment
from labeltrust.store.history import SYSTEM, append
from labeltrust.store.people import insert_sign_in, person_row, signed_in, use_sign_in
from labeltrust.store.scopes import scope_of
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.tables import Person


def create_sign_in_link(deployment: Deployment, principal: Principal, person: str) -> SignInLink:
    """Make a link that signs a person in, once, within `sign_in_link_minutes`.

    Raises:
        NotAllowed: The role may not manage.
        NotFound: There is nobody of that name, or access was ended.
    """
    principal.require("manage")
    at = deployment.clock()
    expires_at = at + timedelta(minutes=deployment.settings.sign_in_link_minutes)
    token = secrets.token_urlsafe(SECRET_BYTES)
    with unit_of_work(deployment.engine) as session:
        row = person_row(session, person)
        if row.disabled_at is not None:
            detail = f"access of {person!r} was ended"
            raise NotFound(detail)
        insert_sign_in(session, row, "link", key_digest(token), (at, expires_at))
        append(
            session,
            chain=SYSTEM,
            type="sign_in.link_made",
            actor=principal.name,
            at=at,
            detail={"person": person},
        )
    address = f"{deployment.settings.address}/sign-in/{token}"
    return SignInLink(person=person, expires_at=expires_at, address=address)


def sign_in(deployment: Deployment, token: str) -> Session:
    """Use up a sign-in link and open a session of `session_hours`.

    Raises:
        NotProven: The link is unknown, used up or too old.
    """
    at = deployment.clock()
    expires_at = at + timedelta(hours=deployment.settings.session_hours)
    new_token = secrets.token_urlsafe(SECRET_BYTES)
    with unit_of_work(deployment.engine) as session:
        row = use_sign_in(session, "link", _digest(token), at)
        if row is None:
            raise NotProven("this sign-in link was used already or is too old")
        insert_sign_in(session, row, "session", key_digest(new_token), (at, expires_at))
        append(
            session,
            chain=SYSTEM,
            type="sign_in.used",
            actor=f"person:{row.name}",
            at=at,
            detail={"person": row.name},
        )
        return Session(person=row.name, expires_at=expires_at, token=new_token)


def sign_out(deployment: Deployment, token: str) -> None:
    """End a session; ending it twice is no error."""
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        row = use_sign_in(session, "session", _digest(token), at)
        if row is not None:
            append(
                session,
                chain=SYSTEM,
                type="sign_in.ended",
                actor=f"person:{row.name}",
                at=at,
                detail={"person": row.name},
            )


def authenticate_session(deployment: Deployment, token: str) -> Principal:
    """Return the person of a live session, with role and scope.

    Raises:
        NotProven: The session is unknown, ended or too old, or the person's access was ended.
    """
    with reading(deployment.engine) as session:
        row = signed_in(session, _digest(token), deployment.clock())
    if row is None:
        raise NotProven("not signed in")
    return _principal(row)


def _principal(row: Person) -> Principal:
    scope = scope_of(row.projects)
    return Principal(
        name=f"person:{row.name}",
        role=row.role,
        projects=None if scope is None else frozenset(scope),
        person=row.name,
    )


def _digest(token: str) -> bytes:
    """Return the digest of any text that somebody sent, lone surrogates too."""
    return key_digest(token.encode(errors="replace").decode())
