"""What a pull records: events that say how they were found."""

from dataclasses import dataclass, field

import msgspec

from labeltrust.domain.clock import microseconds, moment
from labeltrust.domain.events import Event
from labeltrust.policy.reconciliation import Finding
from labeltrust.store.annotated import Said

MOST_KEPT = 2_000
"""Gaps that wait in memory for the end of a pull; of more, the platform is read a second time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something to be recorded: the event, and the part of the platform's answer behind it."""

    annotation_id: str
    event: Event
    raw: object


@dataclass(slots=True)
class Waiting:
    """What is recorded at the end of a pull, if at all.

    Attributes:
        ids: Annotations that wait.
        gaps: What is to be recorded of them, as far as it fits.
        is_whole: Nothing of them had to be left out.
    """

    ids: set[str] = field(default_factory=set)
    gaps: list[Gap] = field(default_factory=list)
    is_whole: bool = True

    def add(self, gap: Gap) -> None:
        """Let something wait."""
        self.ids.add(gap.annotation_id)
        if len(self.gaps) < MOST_KEPT:
            self.gaps.append(gap)
        else:
            self.is_whole = False


def withdrawal(project: str, annotation_id: str, newest: Said) -> Gap:
    """Return the event that ends an annotation which its platform has no more.

    It stands right behind the newest word on record, so that the same finding is the same event.
    """
    event = Event(
        type="label.withdrawn",
        project=project,
        event_id=f"ANNOTATION_VANISHED:{annotation_id}:{newest.order_us}",
        annotation_id=annotation_id,
        revised_at=moment(newest.order_us + 1),
        detail={"action": "ANNOTATION_VANISHED", "reconciled": "vanished"},
    )
    return Gap(annotation_id=annotation_id, event=event, raw={"vanished": annotation_id})


def time_us(event: Event) -> int:
    """Return by what a platform orders what it says."""
    at = event.revised_at or event.occurred_at
    return 0 if at is None else microseconds(at)


def filled(event: Event, found: Finding, said: Said | None) -> Event:
    """Return an event that says how it was found; one that contradicts stands behind the other."""
    detail = {**event.detail, "reconciled": found}
    if found != "unexplained" or said is None:
        return msgspec.structs.replace(event, detail=detail)
    return msgspec.structs.replace(
        event,
        detail=detail,
        event_id=f"{event.event_id}:over:{said.order_us}",
        revised_at=moment(said.order_us + 1),
    )
