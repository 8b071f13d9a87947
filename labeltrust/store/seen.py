"""Up to which moment of the history each person has seen what concerns them."""

from sqlmodel import Session

from labeltrust.domain.clock import microseconds
from labeltrust.store.inserting import known_id
from labeltrust.store.people import person_row
from labeltrust.store.tables import SeenThrough


def seen_through(session: Session, person: str) -> int:
    """Return that moment, microseconds since 1970; whoever is new has seen all before them.

    Raises:
        NotFound: There is nobody of that name.
    """
    row = person_row(session, person)
    seen = session.get(SeenThrough, known_id(row.id))
    return microseconds(row.created_at) if seen is None else seen.received_us


def mark_seen(session: Session, person: str, received_us: int) -> None:
    """Move that moment forward; it never goes back.

    Raises:
        NotFound: There is nobody of that name.
    """
    number = known_id(person_row(session, person).id)
    row = session.get(SeenThrough, number)
    if row is None:
        row = SeenThrough(person_id=number, received_us=received_us)
    row.received_us = max(row.received_us, received_us)
    session.add(row)
    session.flush()
