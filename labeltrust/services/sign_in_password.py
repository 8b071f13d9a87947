"""Sign in by a password; one is set and changed through a link that works once."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from labeltrust.domain.access import Session
from labeltrust.domain.errors import NotProven
from labeltrust.domain.passwords import MAX_PASSWORD, checked_password
from labeltrust.services.deployment import Deployment
from labeltrust.services.sign_in import begin_session, link_digest
from labeltrust.store.history import SYSTEM, append
from labeltrust.store.people import (
    end_sign_ins,
    holder_of,
    keep_password,
    password_of,
    use_sign_in,
)
from labeltrust.store.session import reading, unit_of_work

# Each hash takes 64 MiB on purpose, so a flood must not take them side by side.
_ROOM = threading.BoundedSemaphore(2)
_HASHER = PasswordHasher()


@cache
def _nobody() -> str:
    """Return the hash that unknown names are checked against, so that they cost the same."""
    return _HASHER.hash("a password of nobody")


def password_holder(deployment: Deployment, token: str) -> str | None:
    """Return whose password a live link sets, None for a link that is old, used or unknown."""
    with reading(deployment.engine) as session:
        found = holder_of(session, "password", link_digest(token), deployment.clock())
    return None if found is None else found.name


def set_password(deployment: Deployment, token: str, password: str) -> None:
    """Use up a link and set the password of its person; every session of theirs ends.

    Raises:
        NotProven: The link is unknown, used up or too old.
        InvalidInput: The password is too weak; the link stays good.
    """
    name = password_holder(deployment, token)
    if name is None:
        raise NotProven("this link was used already or is too old")
    checked = checked_password(password, name)
    with _ROOM:
        hashed = _HASHER.hash(checked.encode(errors="surrogatepass"))
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        row = use_sign_in(session, "password", link_digest(token), at)
        if row is None:
            raise NotProven("this link was used already or is too old")
        keep_password(session, row, hashed, at)
        end_sign_ins(session, row, at)
        append(
            session,
            chain=SYSTEM,
            type="person.password_set",
            actor=f"person:{row.name}",
            at=at,
            detail={"person": row.name},
        )


def sign_in_password(deployment: Deployment, name: str, password: str) -> Session:
    """Open a session by name and password.

    Names that are not there, that have no password or whose access was ended take as long as wrong
    passwords, and are answered alike.

    Raises:
        NotProven: Name and password do not belong together.
    """
    with reading(deployment.engine) as session:
        hashed = password_of(session, name)
    right = _matches(hashed or _nobody(), password)
    if hashed is None or not right:
        raise NotProven("name and password do not belong together")
    session_made = begin_session(deployment, name, how="password")
    if session_made is None:
        raise NotProven("name and password do not belong together")
    return session_made


def _matches(hashed: str, password: str) -> bool:
    typed = password[: MAX_PASSWORD + 1].encode(errors="surrogatepass")
    with _ROOM:
        try:
            return _HASHER.verify(hashed, typed)
        except (VerificationError, InvalidHashError):
            return False
