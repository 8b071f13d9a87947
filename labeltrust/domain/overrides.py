"""An override of the gate: two persons let training proceed for a while, although."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from labeltrust.domain.errors import InvalidInput

LONGEST = timedelta(days=7)
NEVER = frozenset({"tampering"})
"""Reasons that nobody overrides: a history that does not verify says nothing worth trusting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What two persons decided about a closed gate.

    Attributes:
        id: Its number.
        covers: What they saw: the flags or holds that each reason waited for, by its code.
        reason: Why, in the words of both.
        placed_at: When the second one approved.
        until: When it ends by itself.
        asked_by: Name of the principal who asked.
        approved_by: Name of the second one.
        ended_at: When it was revoked before its time, or None.
        ended_by: By whom.
        end_reason: Why.
    """

    id: int
    covers: Mapping[str, tuple[int, ...]]
    reason: str
    placed_at: datetime
    until: datetime
    asked_by: str
    approved_by: str
    ended_at: datetime | None = None
    ended_by: str | None = None
    end_reason: str | None = None

    def stands(self, now: datetime) -> bool:
        """Say whether it is neither revoked nor over."""
        return self.ended_at is None and now < self.until

    def covers_reason(self, code: str, waits: tuple[int, ...]) -> bool:
        """Say whether both persons saw a reason, with everything that it waits for now.

        >>> from datetime import UTC
        >>> at = datetime(2026, 1, 1, tzinfo=UTC)
        >>> seen = Override(id=1, covers={"strong_flag_open": (3, 4), "tampering": ()}, reason="x",
        ...     placed_at=at, until=at + LONGEST, asked_by="person:ann", approved_by="person:ben")
        >>> [seen.covers_reason("strong_flag_open", waits) for waits in ((4,), (4, 5))]
        [True, False]
        >>> seen.covers_reason("tampering", ())
        False
        """
        seen = self.covers.get(code)
        return code not in NEVER and seen is not None and set(waits) <= set(seen)


def checked_until(until: datetime, now: datetime) -> datetime:
    """Return when an override is to end, or refuse what is no near future.

    Raises:
        InvalidInput: It has no time zone, is over already, or is too far away.

    >>> from datetime import UTC
    >>> at = datetime(2026, 1, 1, tzinfo=UTC)
    >>> checked_until(at + timedelta(hours=8), at).hour
    8
    """
    if until.tzinfo is None:
        raise InvalidInput("the end of an override has no time zone", place="until")
    if not now < until <= now + LONGEST:
        detail = f"an override ends within {LONGEST.days} days from now, not {until.isoformat()}"
        raise InvalidInput(detail, place="until", code="bad_until")
    return until
