"""What errors of the drivers mean: what passes by itself, and what names nothing that is there."""

from typing import Final

from sqlalchemy.engine import ExceptionContext

from labeltrust.domain.errors import Busy, NotFound

# Two transactions met; PostgreSQL undid one of them.
_TRANSIENT: Final = frozenset({"DeadlockDetected", "SerializationFailure"})
_AWAY: Final = ("connection", "starting up", "shutting down", "recovery", "too many clients")
# What the drivers say of a number that does not fit its column.
_BEYOND: Final = frozenset({"NumericValueOutOfRange", "OverflowError"})


def say_what_passes(context: ExceptionContext) -> None:
    """Raise what will pass by itself as `Busy`; a wrong statement stays what it is.

    A number beyond the column that it is looked up in names nothing that is there.
    """
    names = {cls.__name__ for cls in type(context.original_exception).__mro__}
    if names & _BEYOND and (context.statement or "").lstrip()[:6].upper() == "SELECT":
        raise NotFound("nothing here has so large a number") from context.original_exception
    busy = passing(context.original_exception, lost=context.is_disconnect)
    if busy is not None:
        raise busy from context.original_exception


def passing(error: BaseException, *, lost: bool) -> Busy | None:
    """Return an error of a driver as `Busy` if it will pass by itself, else None.

    Args:
        error: As the driver raised it.
        lost: The connection is of no use any more.

    >>> import sqlite3
    >>> passing(sqlite3.OperationalError("database or disk is full"), lost=False)
    Busy('the disk of the database is full')
    >>> passing(sqlite3.OperationalError("no such table: x"), lost=False) is None
    True
    """
    names = {cls.__name__ for cls in type(error).__mro__}
    if names & _TRANSIENT:
        return Busy("the database asks for another try")
    if lost or "OperationalError" in names:  # else the statement is wrong, not the moment
        return _passing(str(error).lower(), lost=lost)
    return None


def _passing(text: str, *, lost: bool) -> Busy | None:
    if "locked" in text or "busy" in text:
        return Busy("the database is locked by another process")
    if "full" in text or "no space" in text:
        return Busy("the disk of the database is full", retry_after_seconds=30)
    if "i/o error" in text or "readonly" in text:
        return Busy(f"the database cannot be written: {text}", retry_after_seconds=30)
    if lost or any(word in text for word in _AWAY):
        return Busy("the database cannot be reached", retry_after_seconds=5)
    return None
