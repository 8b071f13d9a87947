"""People and their sign-ins as rows."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from labeltrust.domain import access
from labeltrust.domain.errors import NotFound
from labeltrust.domain.naming import is_storable
from labeltrust.store.inserting import insert_new, known_id
from labeltrust.store.scopes import scope_of, scope_text
from labeltrust.store.tables import Password, Person, SignIn


def person_row(session: Session, name: str) -> Person:
    """Return the row of a person, disabled or not.

    Raises:
        NotFound: There is nobody of that name.
    """
    row = session.exec(select(Person).where(col(Person.name) == name)).first()
    if row is None:
        detail = f"no person {name[:200]!r}"
        raise NotFound(detail)
    return row


def person_rows(session: Session) -> Sequence[Person]:
    """Return everybody, by name."""
    return session.exec(select(Person).order_by(col(Person.name))).all()


def insert_person(session: Session, person: access.Person) -> Person:
    """Insert a person.

    Raises:
        Conflict: The name is taken.
    """
    row = Person(
        name=person.name,
        role=person.role,
        projects=scope_text(person.projects),
        created_at=person.created_at,
    )
    return insert_new(session, row, f"person {person.name!r} is there already")


def person_of(row: Person) -> access.Person:
    """Return what can be shown of a person."""
    return access.Person(
        name=row.name,
        role=row.role,
        projects=scope_of(row.projects),
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )


def insert_sign_in(
    session: Session, person: Person, kind: str, digest: bytes, times: tuple[datetime, datetime]
) -> None:
    """Keep a sign-in link or a session by its digest, from one moment until another."""
    created_at, expires_at = times
    row = SignIn(
        digest=digest,
        kind=kind,
        person_id=known_id(person.id),
        created_at=created_at,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()


def use_sign_in(session: Session, kind: str, digest: bytes, at: datetime) -> Person | None:
    """Use up a sign-in once; return its person, or None where it is unknown, old or used.

    One statement both checks and uses, so that of two requests only one gets in.
    """
    wanted = (
        update(SignIn)
        .where(
            col(SignIn.digest) == digest,
            col(SignIn.kind) == kind,
            col(SignIn.used_at).is_(None),
            col(SignIn.expires_at) > at,
        )
        .values(used_at=at)
        .returning(col(SignIn.person_id))
    )
    person_id = session.execute(wanted).scalar_one_or_none()
    return None if person_id is None else _enabled(session, person_id)


def signed_in(
    session: Session, digest: bytes, at: datetime, idle: timedelta
) -> tuple[Person, datetime] | None:
    """Return the person of a live session and when it was last used, or None.

    Args:
        session: An open read.
        digest: Of the session's token.
        at: The present moment.
        idle: How long a session lives unused.
    """
    seen = func.coalesce(col(SignIn.seen_at), col(SignIn.created_at))
    wanted = select(SignIn.person_id, seen).where(
        col(SignIn.digest) == digest,
        col(SignIn.kind) == "session",
        col(SignIn.used_at).is_(None),
        col(SignIn.expires_at) > at,
        seen > at - idle,
    )
    found = session.exec(wanted).first()
    person = None if found is None else _enabled(session, found[0])
    return None if found is None or person is None else (person, found[1])


def note_use(session: Session, digest: bytes, at: datetime) -> None:
    """Note that a session was used."""
    wanted = update(SignIn).where(col(SignIn.digest) == digest, col(SignIn.used_at).is_(None))
    session.execute(wanted.values(seen_at=at))


def holder_of(session: Session, kind: str, digest: bytes, at: datetime) -> Person | None:
    """Return the person of a live link without using it up, or None."""
    wanted = select(SignIn.person_id).where(
        col(SignIn.digest) == digest,
        col(SignIn.kind) == kind,
        col(SignIn.used_at).is_(None),
        col(SignIn.expires_at) > at,
    )
    person_id = session.exec(wanted).first()
    return None if person_id is None else _enabled(session, person_id)


def find_person(session: Session, name: str) -> Person | None:
    """Return the row of a person whose access is in force, or None."""
    row = session.exec(select(Person).where(col(Person.name) == name)).first()
    return row if row is not None and row.disabled_at is None else None


def password_of(session: Session, name: str) -> str | None:
    """Return the hash of a person's password, None where there is no such person or password."""
    row = find_person(session, name) if is_storable(name) else None
    found = None if row is None else session.get(Password, row.id)
    return None if found is None else found.hash


def keep_password(session: Session, person: Person, hashed: str, at: datetime) -> None:
    """Keep the hash of a person's new password."""
    number = known_id(person.id)
    row = session.get(Password, number)
    if row is None:
        session.add(Password(person_id=number, hash=hashed, set_at=at))
    else:
        row.hash, row.set_at = hashed, at
    session.flush()


def end_sign_ins(session: Session, person: Person, at: datetime) -> None:
    """End every link and session of a person."""
    wanted = update(SignIn).where(col(SignIn.person_id) == person.id, col(SignIn.used_at).is_(None))
    session.execute(wanted.values(used_at=at))


def _enabled(session: Session, person_id: int) -> Person | None:
    person = session.get_one(Person, person_id)
    return person if person.disabled_at is None else None
