"""Insert a row that must be new."""

from typing import TypeVar

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel

from labeltrust.domain.errors import Conflict

Row = TypeVar("Row", bound=SQLModel)


def insert_new(session: Session, row: Row, taken: str) -> Row:
    """Insert a row and give it its id; the transaction goes on where that fails.

    Args:
        session: An open unit of work.
        row: The row.
        taken: What to say where its name exists already.

    Raises:
        Conflict: A row of that name exists.
    """
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        raise Conflict(taken) from None
    return row


def known_id(number: int | None) -> int:
    """Return the id of a row that was flushed; tells the type checker that there is one.

    >>> known_id(7)
    7
    """
    if number is None:
        raise LookupError("a row without id was not flushed")
    return number
