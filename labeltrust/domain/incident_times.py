"""How long it took to see an incident and to contain it, or why that cannot be said.

Definitions. Time to detect: from the first bad label, taken as the earliest estimated onset among
the flags of the incident, to the first finding, the opening of its first flag. Time to contain:
from the first finding until the labels of every suspect were held out of training sets. Dismissed
flags count for neither.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from labeltrust.domain.estimates import Undefined
from labeltrust.domain.flags import FlagState
from labeltrust.domain.freezes import HOLDS_LABELS, FreezeState

Suspect = tuple[str, int]
"""`labeler` or `source`, and the row id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A measured time: from one moment to another, and what they are, in words."""

    start: datetime
    end: datetime
    start_of: str
    end_of: str

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.end - self.start).total_seconds()


def time_to_detect(flags: Sequence[FlagState]) -> Span | Undefined:
    """Return the time from the first bad label to the first finding.

    >>> time_to_detect([])
    Undefined(reason='no flag belongs to it that stands')
    """
    standing = _standing(flags)
    if not standing:
        return Undefined(reason="no flag belongs to it that stands")
    for flag in standing:
        if flag.since is None:
            return Undefined(reason=f"flag {flag.id} has no estimated onset")
        if flag.clock == "occurred":
            return Undefined(
                reason=f"the onset of flag {flag.id} is by the platform's clock, not ours"
            )
    start, begun = min((flag.since, flag.id) for flag in standing if flag.since is not None)
    end, first = min((flag.opened_at, flag.id) for flag in standing)
    if end < start:
        return Undefined(reason="the estimated onset lies after the first finding")
    return Span(
        start=start,
        end=end,
        start_of=f"the estimated onset of flag {begun}",
        end_of=f"the opening of flag {first}",
    )


def time_to_contain(
    flags: Sequence[FlagState], members: Mapping[Suspect, str], freezes: Sequence[FreezeState]
) -> Span | Undefined:
    """Return the time from the first finding until every suspect's labels were held out.

    Args:
        flags: The flags of the incident.
        members: Its labelers and sources, flagged labelers among them, with their names.
        freezes: All freezes of these members, lifted ones too; others do not count.
    """
    standing = _standing(flags)
    if not standing:
        return Undefined(reason="no flag belongs to it that stands")
    start, number = min((flag.opened_at, flag.id) for flag in standing)
    first = f"the opening of flag {number}"
    last, end_of = start, first
    for suspect, name in members.items():
        held = [f for f in freezes if _of(f) == suspect and f.kind in HOLDS_LABELS]
        if not held:
            return Undefined(reason=f"the labels of {suspect[0]} {name[:200]} were never held out")
        freeze = min(held, key=lambda f: f.placed_at)
        if freeze.placed_at >= last:
            last = freeze.placed_at
            end_of = f"freeze {freeze.id} of {suspect[0]} {name[:200]}, the last to be held out"
    return Span(start=start, end=last, start_of=first, end_of=end_of)


def _standing(flags: Sequence[FlagState]) -> list[FlagState]:
    return [flag for flag in flags if flag.status != "dismissed"]


def _of(freeze: FreezeState) -> Suspect | None:
    if freeze.labeler_id is not None:
        return "labeler", freeze.labeler_id
    return None if freeze.source_id is None else ("source", freeze.source_id)
