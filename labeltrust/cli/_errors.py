"""Exit codes: 0 done, 1 the thing checked does not hold, 2 wrong usage or unreadable input."""

import os
import sys
from collections.abc import Callable

from labeltrust.cli._output import say
from labeltrust.domain.errors import GateClosed, LabeltrustError, Tampered

DONE = 0
DOES_NOT_HOLD = 1
UNUSABLE = 2
_INTERRUPTED = 130


class DoesNotHold(Exception):
    """What a command checked is not so; its output already says what and why."""


def exit_code_of(command: Callable[[], object]) -> int:
    """Run a command and translate what it raises into an exit code and one line on stderr.

    >>> exit_code_of(lambda: None)
    0
    """
    try:
        command()
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader (`| head`) has gone: nothing is wrong, and nothing can be written any more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:  # noqa: BLE001 - told apart below; what is unknown is raised again
        return _failed(error)
    return DONE


def _failed(error: Exception) -> int:
    if isinstance(error, DoesNotHold | GateClosed | Tampered):
        return _told(str(error), DOES_NOT_HOLD)
    if isinstance(error, LabeltrustError):
        return _told(str(error), UNUSABLE)
    if isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        return _told(f"{name}{error.strerror or error}", UNUSABLE)
    if isinstance(error, MemoryError):
        return _told(f"out of memory: {error}", UNUSABLE)
    if _of_the_database(error):
        return _told(f"database: {_first_line(error)}", UNUSABLE)
    raise error


def _of_the_database(error: Exception) -> bool:
    """Say whether the database's own library raised it; where it is not loaded it did not."""
    library = sys.modules.get("sqlalchemy.exc")
    return library is not None and isinstance(error, library.SQLAlchemyError)


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).partition("\n")[0]


def _told(reason: str, code: int) -> int:
    if reason:
        say(f"labeltrust: {reason}")
    return code
