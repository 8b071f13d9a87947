"""An appeal against a freeze: opened with a written reason, decided by somebody else, in time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from labeltrust.domain.errors import Conflict, InvalidInput

Outcome = Literal["upheld", "overturned"]
OUTCOMES: tuple[str, ...] = get_args(Outcome)
OBJECTIVE_WORKING_DAYS = 2
_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """What stands on record of one appeal.

    Attributes:
        id: Number of the appeal.
        project: Name of the project.
        freeze: Number of the freeze that it is against.
        flag: Number of the flag behind that freeze, or None.
        labeler: Outside id of the labeler.
        reason: What speaks against the freeze, in the words of who appeals.
        opened_at: When it was recorded.
        opened_by: Who recorded it.
        due_at: When it ought to be decided.
        outcome: `upheld`: the freeze stands; `overturned`: it was lifted; None while open.
        decided_at: When it was decided, or None.
        decided_by: Who decided it, or None.
        decision: Why so, or None.
    """

    id: int
    project: str
    freeze: int
    flag: int | None
    labeler: str
    reason: str
    opened_at: datetime
    opened_by: str
    due_at: datetime
    outcome: str | None
    decided_at: datetime | None
    decided_by: str | None
    decision: str | None

    def overdue(self, now: datetime) -> bool:
        """Say whether it was, or still is, decided too late."""
        return (self.decided_at or now) > self.due_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """That a labeler's manager was told of a freeze.

    Attributes:
        id: Number of the notice.
        freeze: Number of the freeze.
        sent_at: When that was put on record.
        sent_by: Who told.
        sent_to: Whom, in words.
    """

    id: int
    freeze: int
    sent_at: datetime
    sent_by: str
    sent_to: str


def due_at(opened_at: datetime, working_days: int = OBJECTIVE_WORKING_DAYS) -> datetime:
    """Return the same hour so many working days later; Saturdays and Sundays do not count.

    >>> from datetime import UTC
    >>> due_at(datetime(2026, 11, 26, 9, tzinfo=UTC)).isoformat()  # a Thursday
    '2026-11-30T09:00:00+00:00'
    >>> due_at(datetime(2026, 11, 28, 9, tzinfo=UTC)).isoformat()  # a Saturday
    '2026-12-02T00:00:00+00:00'
    """
    at = opened_at
    if at.weekday() >= _SATURDAY:
        # What comes on a weekend is as if it had come when work begins again.
        at = _midnight(at) + timedelta(days=7 - at.weekday())
    for _ in range(working_days):
        at += timedelta(days=3 if at.weekday() == _SATURDAY - 1 else 1)
    return at


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def require_outcome(appeal: Appeal, outcome: str) -> None:
    """Refuse an outcome that there is not, or one more for a decided appeal.

    Raises:
        InvalidInput: There is no such outcome.
        Conflict: It is decided already.
    """
    if outcome not in OUTCOMES:
        detail = f"outcome {outcome[:80]!r} is not one of {', '.join(OUTCOMES)}"
        raise InvalidInput(detail, place="outcome", code="unknown_outcome")
    if appeal.outcome is not None:
        detail = f"appeal {appeal.id} is {appeal.outcome} already; a new one may be opened"
        raise Conflict(detail)
