"""What a fact does to an alert, when its end is told, and when a message is tried again."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from labeltrust.domain.alerts import Cause, Step
from labeltrust.policy.alert_steps import READERS

HOLD: Final = timedelta(minutes=5)
"""An alert must have been over for so long before anybody is told that it is."""
FLAPPING: Final = timedelta(hours=4)
"""One that came back within this time must be over for so long; the same is told once in it."""
GIVEN_UP_AFTER: Final = timedelta(hours=24)
FEWEST_TRIES: Final = 10
_FIRST_SECONDS = 2.0
_LONGEST_SECONDS = 1_800.0
# A receiver that asks for more patience than this is asked again anyway.
_MOST_PATIENCE_SECONDS = 21_600.0


def step_of(cause: Cause) -> Step | None:
    """Return what a fact does to an alert, or None where it does nothing.

    >>> from datetime import UTC
    >>> at = datetime(2026, 1, 1, tzinfo=UTC)
    >>> closed = Cause(id=1, type="gate.closed", at=at, detail={}, project_id=2)
    >>> step_of(closed).subject, step_of(closed).loudness
    ('gate:2', 'page')
    """
    read = READERS.get(cause.type)
    return None if read is None else read(cause)


def hold(closed_before: datetime | None, now: datetime) -> timedelta:
    """Return how long a group must be quiet until its end is told.

    Args:
        closed_before: When the end of the same group was told last, or None.
        now: The present moment.

    >>> hold(None, datetime(2026, 1, 1)).total_seconds()
    300.0
    """
    flaps = closed_before is not None and now - closed_before < FLAPPING
    return FLAPPING if flaps else HOLD


def is_news(told_before: datetime | None, now: datetime) -> bool:
    """Say whether an alert that came back is told: not where it was within four hours."""
    return told_before is None or now - told_before >= FLAPPING


def pause(key: str, failures: int, asked: float | None = None) -> timedelta:
    """Return how long to wait after a failure: doubled each time, spread, as long as asked for.

    The spread is drawn from the key and the number, so that a thousand messages of one receiver do
    not come back in the same second, and a test knows when.

    Args:
        key: Of the message or channel.
        failures: How many there were, from 1.
        asked: Seconds that the receiver asked for (`Retry-After`), or None.

    >>> pause("a", 1) <= timedelta(seconds=2), pause("a", 30) <= timedelta(minutes=30)
    (True, True)
    >>> pause("a", 1, asked=120.0).total_seconds()
    120.0
    """
    longest = min(_FIRST_SECONDS * 2.0 ** min(failures - 1, 20), _LONGEST_SECONDS)
    digest = hashlib.sha256(f"{key}:{failures}".encode()).digest()
    seconds = longest * (0.5 + int.from_bytes(digest[:4]) / 2**33)
    return timedelta(seconds=max(seconds, min(asked or 0.0, _MOST_PATIENCE_SECONDS)))


def is_given_up(tries: int, first: datetime, now: datetime) -> bool:
    """Say whether a message that was not taken is put aside: after a day and ten tries.

    >>> is_given_up(30, datetime(2026, 1, 1), datetime(2026, 1, 2)), is_given_up(
    ...     3, datetime(2026, 1, 1), datetime(2026, 1, 9))
    (True, False)
    """
    return tries >= FEWEST_TRIES and now - first >= GIVEN_UP_AFTER
