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
    """A measured time: from one moment to another."""

    start: datetime
    end: datetime

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
    start = min(flag.since for flag in standing if flag.since is not None)
    end = min(flag.opened_at for flag in standing)
    if end < start:
        return Undefined(reason="the estimated onset lies after the first finding")
    return Span(start=start, end=end)


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
    start = end = min(flag.opened_at for flag in standing)
    for suspect, name in members.items():
        held = [f.placed_at for f in freezes if _of(f) == suspect and f.kind in HOLDS_LABELS]
        if not held:
            return Undefined(reason=f"the labels of {suspect[0]} {name[:200]} were never held out")
        end = max(end, min(held))
    return Span(start=start, end=end)


def _standing(flags: Sequence[FlagState]) -> list[FlagState]:
    return [flag for flag in flags if flag.status != "dismissed"]


def _of(freeze: FreezeState) -> Suspect | None:
    if freeze.labeler_id is not None:
        return "labeler", freeze.labeler_id
    return None if freeze.source_id is None else ("source", freeze.source_id)
