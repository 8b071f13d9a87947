"""What people do around a flag besides deciding it: assign, comment, and a signal's record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How the flags of one signal in one project ended; all zero is no record, not 0 %.

    Attributes:
        confirmed: Flags that a person confirmed.
        dismissed: Flags that a person dismissed.
        pending: Flags that nobody decided yet.
    """

    confirmed: int = 0
    dismissed: int = 0
    pending: int = 0

    @property
    def decided(self) -> int:
        """Flags with a verdict."""
        return self.confirmed + self.dismissed

    def plus(self, status: str, n: int) -> "Tally":
        """Return the tally with so many flags of a status more.

        >>> Tally(confirmed=1).plus("open", 2)
        Tally(confirmed=1, dismissed=0, pending=2)
        """
        return Tally(
            confirmed=self.confirmed + (n if status == "confirmed" else 0),
            dismissed=self.dismissed + (n if status == "dismissed" else 0),
            pending=self.pending + (n if status == "open" else 0),
        )


def track_records(
    flags: Iterable[tuple[Sequence[str], str, int]], signals: Iterable[str]
) -> Mapping[str, Tally]:
    """Return the record of each signal asked for.

    Args:
        flags: Signals that a flag rests on, its status, and how many there are like it.
        signals: Whose record.

    >>> track_records([(("spam", "turned"), "confirmed", 3)], ["spam", "too_fast"])["spam"]
    Tally(confirmed=3, dismissed=0, pending=0)
    """
    out = {name: Tally() for name in signals}
    for names, status, n in flags:
        for name in names:
            if name in out:
                out[name] = out[name].plus(status, n)
    return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What somebody wrote on a flag; never changed, only followed by another.

    Attributes:
        id: Number of the comment.
        flag: Number of the flag.
        author: Name of the principal.
        written_at: When.
        text: The words.
    """

    id: int
    flag: int
    author: str
    written_at: datetime
    text: str
