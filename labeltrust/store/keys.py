"""API keys as rows: a digest, never a text."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, or_, select

from labeltrust.domain import access
from labeltrust.domain.errors import NotFound
from labeltrust.store.inserting import insert_new
from labeltrust.store.people import person_row
from labeltrust.store.scopes import scope_of, scope_text
from labeltrust.store.sources import source_row
from labeltrust.store.tables import ApiKey, Person, Source

_SLICE = 500  # both databases take so many parameters in one statement


def insert_key(
    session: Session, draft: access.KeyDraft, key_id: str, digest: bytes, at: datetime
) -> ApiKey:
    """Insert a key.

    Raises:
        NotFound: Its person or source is not there.
    """
    person = None if draft.person is None else person_row(session, draft.person).id
    source = None if draft.source is None else source_row(session, draft.source).id
    row = ApiKey(
        key_id=key_id,
        digest=digest,
        name=draft.name,
        role=draft.role,
        projects=scope_text(draft.projects),
        person_id=person,
        source_id=source,
        created_at=at,
        expires_at=draft.expires_at,
    )
    return insert_new(session, row, f"key {key_id} is there already")


def key_row(session: Session, key_id: str) -> ApiKey:
    """Return the row of a key.

    Raises:
        NotFound: There is none of that id.
    """
    row = find_key(session, key_id)
    if row is None:
        detail = f"no key {key_id[:80]!r}"
        raise NotFound(detail)
    return row


def find_key(session: Session, key_id: str) -> ApiKey | None:
    """Return the row of a key, or None."""
    return session.exec(select(ApiKey).where(col(ApiKey.key_id) == key_id)).first()


def key_rows(session: Session) -> Sequence[ApiKey]:
    """Return all keys, oldest first."""
    return session.exec(select(ApiKey).order_by(col(ApiKey.id))).all()


def note_uses(session: Session, uses: Mapping[str, datetime]) -> None:
    """Keep when keys were last used; what another server noted later stays."""
    for key_id, at in uses.items():
        older = or_(col(ApiKey.used_at).is_(None), col(ApiKey.used_at) < at)
        noted = update(ApiKey).where(col(ApiKey.key_id) == key_id, older)
        session.execute(noted.values(used_at=at))


def owner_of(session: Session, row: ApiKey) -> Person | None:
    """Return the person of a key, if it is anybody's."""
    return None if row.person_id is None else session.get_one(Person, row.person_id)


def speaks_for(session: Session, row: ApiKey) -> Source | None:
    """Return the source of a key, if it has one."""
    return None if row.source_id is None else session.get_one(Source, row.source_id)


def key_of(session: Session, row: ApiKey) -> access.Key:
    """Return what can be shown of a key."""
    return keys_of(session, [row])[0]


def keys_of(session: Session, rows: Sequence[ApiKey]) -> list[access.Key]:
    """Return what can be shown of keys, by two queries however many there are."""
    people = _names(session, Person, (row.person_id for row in rows))
    sources = _names(session, Source, (row.source_id for row in rows))
    return [
        access.Key(
            key_id=row.key_id,
            name=row.name,
            role=row.role,
            projects=scope_of(row.projects),
            person=people.get(row.person_id),
            source=sources.get(row.source_id),
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            used_at=row.used_at,
        )
        for row in rows
    ]


def _names(
    session: Session, table: type[Person | Source], numbers: Iterable[int | None]
) -> dict[int | None, str]:
    wanted = sorted({number for number in numbers if number is not None})
    found: dict[int | None, str] = {}
    for start in range(0, len(wanted), _SLICE):
        some = col(table.id).in_(wanted[start : start + _SLICE])
        found |= dict(session.exec(select(table.id, table.name).where(some)).all())
    return found
