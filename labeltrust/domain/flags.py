"""A flag is an opened review case; this page holds the table of its allowed changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal, get_args

from labeltrust.domain.errors import Conflict, InvalidInput

FlagStatus = Literal["open", "confirmed", "dismissed"]
Verdict = Literal["confirm", "dismiss", "reopen"]
Severity = Literal["low", "medium", "high"]
STATUSES: tuple[str, ...] = get_args(FlagStatus)
VERDICTS: tuple[str, ...] = get_args(Verdict)
SEVERITIES: tuple[str, ...] = get_args(Severity)
STANDING = ("open", "confirmed")
"""In which a flag says something against a labeler; a dismissed one does not."""

# (status, verdict) -> the next status. A verdict is never overwritten: it is reopened first, so
# that the history shows that somebody changed their mind.
CHANGES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("open", "confirm"): "confirmed",
        ("open", "dismiss"): "dismissed",
        ("confirmed", "reopen"): "open",
        ("dismissed", "reopen"): "open",
    }
)
# The word of each verdict in the history.
EVENT_OF: Mapping[str, str] = MappingProxyType(
    {"confirm": "flag.confirmed", "dismiss": "flag.dismissed", "reopen": "flag.reopened"}
)


def next_status(status: str, verdict: str) -> str:
    """Return the status after a verdict, or refuse the change.

    Raises:
        InvalidInput: There is no such verdict.
        Conflict: The flag cannot take this verdict in its present status.

    >>> next_status("open", "confirm")
    'confirmed'
    """
    if verdict not in VERDICTS:
        detail = f"verdict {verdict!r} is not one of {', '.join(VERDICTS)}"
        raise InvalidInput(detail, code="unknown_verdict")
    changed = CHANGES.get((status, verdict))
    if changed is None:
        hint = "it is open already" if status == "open" else "reopen it first"
        detail = f"cannot {verdict} a flag that is {status}; {hint}"
        raise Conflict(detail)
    return changed


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagState:
    """What stands on record of one flag.

    Attributes:
        id: Number of the flag.
        labeler_id: Opaque id of the labeler.
        status: One of `STATUSES`.
        severity: One of `SEVERITIES`.
        signals: Names of the signals it rests on, sorted.
        contested: Peers and gold disagree, or too few independent accusers: a dispute, no case.
        since: Estimated onset on `clock`, or None from the first label on.
        opened_at: When it was opened.
        updated_at: When its row last changed.
        decided_at: When a person decided, or None.
        evidence: What the newest assessment says for it; plain JSON values.
    """

    id: int
    labeler_id: int
    status: str
    severity: str
    signals: tuple[str, ...]
    contested: bool
    since: datetime | None
    opened_at: datetime
    updated_at: datetime
    decided_at: datetime | None = None
    evidence: Mapping[str, object] = field(default_factory=dict)

    @property
    def question(self) -> str:
        """The question that it is about."""
        return str(self.evidence.get("question", ""))

    @property
    def clock(self) -> str:
        """Which time of a label `since` is compared with: `received` or `occurred`."""
        return "occurred" if self.evidence.get("clock") == "occurred" else "received"

    @property
    def strong(self) -> bool:
        """Strong enough to hold labels out by itself, and no dispute."""
        return self.evidence.get("strong") is True and not self.contested


def worse(severity: str, other: str) -> bool:
    """Say whether a severity is above another.

    >>> worse("high", "medium")
    True
    """
    return SEVERITIES.index(severity) > SEVERITIES.index(other)


def says_more(signals: Sequence[str], severity: str, than: FlagState) -> bool:
    """Say whether a finding goes beyond a dismissed flag, so that it deserves a new one.

    The same reason at the same severity was answered by a person; a signal that was not named then
    or a higher severity was not.

    >>> from datetime import UTC
    >>> at = datetime(2026, 1, 1, tzinfo=UTC)
    >>> old = FlagState(id=1, labeler_id=5, status="dismissed", severity="low", signals=("spam",),
    ...     contested=False, since=None, opened_at=at, updated_at=at)
    >>> says_more(("spam",), "low", old), says_more(("spam", "targeted_flip"), "low", old)
    (False, True)
    """
    return bool(set(signals) - set(than.signals)) or worse(severity, than.severity)
