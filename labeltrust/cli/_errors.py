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
    except (DoesNotHold, GateClosed, Tampered) as error:
        return _told(error, DOES_NOT_HOLD)
    except LabeltrustError as error:
        return _told(error, UNUSABLE)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader (`| head`) has gone: nothing is wrong, and nothing can be written any more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    return DONE


def _told(error: Exception, code: int) -> int:
    if str(error):
        say(f"labeltrust: {error}")
    return code
