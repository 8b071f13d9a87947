"""Where a scenario plays: a real installation, its clock, its command line, its workers."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from commands import Command
from factories import StepClock, label, owner
from receivers import told
from recorded import project, record

from labeltrust.app import wall_clock
from labeltrust.services.alerting.list_alerts import list_alerts
from labeltrust.services.background import worker_of
from labeltrust.services.checkpoints.work import checkpoint_worker_of
from labeltrust.services.deployment import Deployment

REASON = "as the runbook says"


@dataclass(slots=True, kw_only=True)
class Scene:
    """One installation in trouble.

    Attributes:
        home: The installation, as its server sees it.
        clock: Of the server; commands read the machine's own.
        command: Runs a command line.
        folder: An empty folder outside of the installation.
        words: What the placeholders of the runbook stand for.
        later: Ends with the scenario.
        monkeypatch: Changes variables of the commands, and pauses of hours.
    """

    home: Deployment
    clock: StepClock
    command: Command
    folder: Path
    later: ExitStack
    monkeypatch: pytest.MonkeyPatch
    words: dict[str, object] = field(default_factory=lambda: {"P": "fraud", "REASON": REASON})
    kept: dict[str, Any] = field(default_factory=dict)

    def started(self, labels: int = 12, **more) -> "Scene":
        """Give it a project whose labels two people gave."""
        project(self.home, **more)
        people = ("alice", "bob")
        record(self.home, [label(f"i{n}", who) for n in range(labels) for who in people])
        return self

    def watched(self, minutes: int = 4) -> None:
        """Let the workers of alerts look for some minutes."""
        told(self.home, self.clock, times=minutes, seconds=61)

    def codes(self) -> set[str]:
        """Return what stands open, held back or not."""
        return {alert.code for alert in list_alerts(self.home, owner())}

    def now(self) -> None:
        """Bring the server's clock to the machine's, by which commands act."""
        self.clock.now = max(self.clock.now, wall_clock())


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """How an alert comes about, and what a person does besides the runbook's commands.

    Attributes:
        trouble: Brings the alert about, and says in `scene.words` what placeholders stand for.
        by_hand: What is done outside of labeltrust before a command, by the command's beginning.
        answers: Exit codes other than 0, or what says them, by the command's beginning.
        elsewhere: Commands that are not run here, by their beginning, each with the reason.
        afterwards: What happens by itself once the commands were run.
        is_news: Whether the alert is over at once.
    """

    trouble: Callable[[Scene], None]
    by_hand: Mapping[str, Callable[[Scene], None]] = field(default_factory=dict)
    answers: Mapping[str, int | Callable[[Scene], int]] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    afterwards: Callable[[Scene], None] | None = None
    is_news: bool = False


def worked(scene: Scene) -> None:
    """Let the workers of a server do what is due."""
    told(scene.home)
    for worker in (worker_of(scene.home), checkpoint_worker_of(scene.home)):
        while worker.step():
            pass


def taken(scene: Scene) -> None:
    """Let the places outside take the checkpoints that are due."""
    worker = checkpoint_worker_of(scene.home)
    while worker.step():
        pass


def of(table: Mapping[str, Any], command: str, default: Any = None) -> Any:
    """Return what a table says of a command: by its longest beginning."""
    fits = [key for key in table if command == key or command.startswith(f"{key} ")]
    return table[max(fits, key=len)] if fits else default
