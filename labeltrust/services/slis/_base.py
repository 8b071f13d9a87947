"""What counts a measure is asked, and what it answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from labeltrust.domain.clock import microseconds
from labeltrust.domain.estimates import Measured
from labeltrust.domain.measures import BUDGET_SECONDS, DAY, Tally
from labeltrust.policy.burn import Counted
from labeltrust.services.deployment import Deployment
from labeltrust.store.sent_slots import SentSlots, sent_slots
from labeltrust.store.tables import Project

Int = NDArray[np.int64]
SPAN_SECONDS = BUDGET_SECONDS + 5 * DAY
"""Tallies are asked for so far back: a budget, and what a baseline needs beyond it."""


def hour_of(at: datetime) -> int:
    """Return hours since 1970 of an aware moment."""
    return microseconds(at) // 3_600_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One project at one moment.

    Attributes:
        deployment: The installation.
        session: An open read.
        project: Row of the project.
        project_id: Its number.
        now: The present moment; tallies of the `SPAN_SECONDS` before it are wanted.
        read_already: What several measures read of it, so that it is read once.
    """

    deployment: Deployment
    session: Session
    project: Project
    project_id: int
    now: datetime
    read_already: dict[str, SentSlots] = field(default_factory=dict, compare=False)

    @property
    def sent(self) -> SentSlots:
        """What the project's sources sent."""
        if "sent" not in self.read_already:
            self.read_already["sent"] = sent_slots(
                self.session, self.project_id, self.now, self.first_hour
            )
        return self.read_already["sent"]

    @property
    def now_seconds(self) -> int:
        """The present moment in seconds since 1970."""
        return microseconds(self.now) // 1_000_000

    @property
    def first_hour(self) -> int:
        """The first hour that is wanted, in hours since 1970."""
        return (self.now_seconds - SPAN_SECONDS) // 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotCounts:
    """Valid and bad units by source and slot; all of shape (n_slots,).

    Attributes:
        source: Rows of the sources.
        at: Seconds since 1970 at which the slot begins.
        valid: Units that count.
        bad: Of these, bad ones.
    """

    source: Int
    at: Int
    valid: Int
    bad: Int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was counted.

    Attributes:
        tallies: By slot, source and labeler; of one with neither, those of the project alone.
        counts: The same as columns, where sources sent many slots.
        reason: Why nothing can be counted, where nothing can; empty elsewhere.
        objective: Share that is to be good, where the measure has each project's own.
        value: The measure itself over its span, where that is more than the share of bad units.
        beside: Numbers that stand beside the value, by their names.
        windows: What a window of so many seconds holds, by source (None is the project), where
            windows do not add up out of slots.
    """

    tallies: Sequence[Tally] = ()
    counts: SlotCounts | None = None
    reason: str = ""
    objective: float | None = None
    value: Measured | None = None
    beside: Mapping[str, Measured] = field(default_factory=dict)
    windows: Mapping[int | None, Callable[[int], Counted]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """What counts one measure.

    Attributes:
        measure: Id of the measure.
        read: Counts it for a project, at the cost of a few small reads; never scans the history.
    """

    measure: str
    read: Callable[[Asked], Found]
