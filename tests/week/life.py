"""A week of an installation: its hours, its workers, and what the people on call are told."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from factories import StepClock
from receivers import Receiver, told
from recorded import record
from week.oncall import answered
from week.town import Town

from labeltrust.services.background import worker_of
from labeltrust.services.deployment import Deployment

Act = Callable[["Life"], None]


@dataclass(slots=True, kw_only=True)
class Life:
    """An installation that is lived in.

    Attributes:
        home: The installation.
        clock: Its clock.
        town: Who works there.
        pager: What the people on call get.
        folder: Where files lie.
        step: Hours lived at a time.
        items: Items labeled in an hour.
        told: What they got: hour of the week, code, severity and text.
    """

    home: Deployment
    clock: StepClock
    town: Town
    pager: Receiver
    folder: Path
    step: int = 6
    items: int = 8
    hour: int = 0
    told: list[tuple[int, str, str, str]] = field(default_factory=list)

    def lived(self, hours: int, planted: Mapping[int, Act]) -> "Life":
        """Live on; what is planted for an hour happens when it comes."""
        until = self.hour + hours
        while self.hour < until:
            for hour in range(self.hour, self.hour + self.step):
                if hour in planted:
                    planted[hour](self)
            record(self.home, self.town.worked(self.items * self.step))
            self._watched()
            self.hour += self.step
        return self

    def _watched(self) -> None:
        """Let the workers do what a step of hours asks for."""
        begun = self.clock()
        for seconds in (10, 120, 400, 400):
            self.clock.tick(seconds)
            worker = worker_of(self.home)
            while worker.step():
                pass
            told(self.home, self.clock, times=2, seconds=61)
        self.clock.now = max(self.clock(), begun + timedelta(hours=self.step))
        self._heard()

    def _heard(self) -> None:
        bodies = self.pager.documents
        self.pager.got.clear()
        for one in bodies:
            if one["state"] == "over":
                continue
            self.told.append((self.hour, one["code"], one["severity"], one["text"]))
            answered(self.home, one)

    def shown(self) -> str:
        """Return what was told as text."""
        return json.dumps(self.told, indent=1)
