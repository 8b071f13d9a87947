"""Builders that state only what matters to a test."""

from datetime import UTC, datetime, timedelta

from labeltrust.domain.events import Event
from labeltrust.domain.principals import Principal, shell_owner

START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class StepClock:
    """A clock that stands still until told to move."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def tick(self, seconds: float = 1.0) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


def owner() -> Principal:
    """Who owns the machine."""
    return shell_owner("tester")


def label(item: str = "i1", labeler: str = "alice", **more: object) -> Event:
    """One submitted label of project `fraud`."""
    values = {"type": "label.submitted", "project": "fraud", "label": "benign"} | more
    return Event(item=item, labeler=labeler, **values)


def gold(item: str = "i1", **more: object) -> Event:
    """One declared gold label of project `fraud`."""
    values = {"type": "gold.declared", "project": "fraud", "label": "benign"} | more
    return Event(item=item, **values)
