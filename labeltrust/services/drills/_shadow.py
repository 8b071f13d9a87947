"""An installation of its own for one drill: the real record, assessment and gate, thrown away."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from labeltrust.domain.access import SourceDraft
from labeltrust.domain.errors import Conflict
from labeltrust.domain.events import Event, Parsed
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import ProjectDraft, Question
from labeltrust.services.add_source import add_source
from labeltrust.services.create_project import create_project
from labeltrust.services.deployment import Deployment
from labeltrust.services.drills._campaigns import CLASSES
from labeltrust.settings import Settings
from labeltrust.store.drafts import Submission
from labeltrust.store.migrate import migrate
from labeltrust.store.recording import Recorder
from labeltrust.store.session import open_engine
from labeltrust.store.vault import open_vault

PROJECT = "drill"
SOURCE = "drill"
SUPPLIER = "supplier"
MACHINE = Principal(name="system:drill", role="owner", projects=None)


@dataclass(slots=True)
class ShadowClock:
    """The shadow's clock: it stands where the newest label arrived."""

    now: datetime

    def __call__(self) -> datetime:
        """Return the present moment of the shadow."""
        return self.now


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """An installation with an empty project, and its clock."""

    deployment: Deployment
    clock: ShadowClock

    def received(self, events: Sequence[Event], at: datetime, source: str = SOURCE) -> None:
        """Record what arrived until a moment, as one delivery."""
        self.clock.now = at
        parsed = Parsed(events=tuple(events), positions=tuple(range(len(events))))
        submission = Submission(
            source=source, body=b"", parsed=parsed, received_at=at, parser="drill/1"
        )
        recorder = Recorder(self.deployment.engine, self.deployment.vault)
        problems = recorder.record([submission])[0].problems
        if problems:
            raise Conflict(f"the shadow refused a label: {problems[0].detail}")


@contextmanager
def shadow(at: datetime, *, supplied: bool = False) -> Iterator[Shadow]:
    """Give an installation that begins at a moment; nothing of it is left afterwards.

    Its database is SQLite in a temporary folder and syncs nothing: what a crash takes is thrown
    away anyway. Nobody is told of its alerts, since it has no channel and no worker.

    Args:
        at: When it begins.
        supplied: Whether there is a new supplier, too, on probation as every new one is.
    """
    with tempfile.TemporaryDirectory(prefix="labeltrust-drill-") as folder:
        settings = Settings(home=Path(folder), unsafe_durability=True, checkpoint_places=0)
        engine, clock = open_engine(settings), ShadowClock(at)
        migrate(engine)
        made = Deployment(settings=settings, engine=engine, vault=open_vault(settings), clock=clock)
        try:
            question = Question(classes=CLASSES)
            create_project(made, MACHINE, ProjectDraft(name=PROJECT, questions=(question,)))
            add_source(made, MACHINE, _source(SOURCE, "trusted"))
            if supplied:
                add_source(made, MACHINE, _source(SUPPLIER, "probation"))
            yield Shadow(deployment=made, clock=clock)
        finally:
            engine.dispose()


def _source(name: str, status: str) -> SourceDraft:
    """Return a source whose items and labelers are those of the other."""
    return SourceDraft(
        name=name, platform="generic", projects=(PROJECT,), id_space=SOURCE, status=status
    )
