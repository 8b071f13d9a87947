"""A small installation of one source, and ways to put events on its record."""

import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from factories import owner
from sqlmodel import select

from labeltrust.domain.access import SourceDraft
from labeltrust.domain.events import Event, Outcome, Parsed
from labeltrust.domain.projects import ProjectDraft, Question
from labeltrust.services.create_project import create_project
from labeltrust.services.deployment import Deployment
from labeltrust.store.drafts import Submission
from labeltrust.store.judgments import LoadedJudgments, read_judgments
from labeltrust.store.names import item_words
from labeltrust.store.recording import Recorder
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.sources import insert_source
from labeltrust.store.tables import Chain
from labeltrust.store.tables import Event as EventRow


class Record:
    """One project with one source; every instance has names of its own."""

    def __init__(
        self,
        deployment: Deployment,
        *,
        questions: tuple[Question, ...] = (Question(),),
        id_space: str | None = None,
    ) -> None:
        self.deployment = deployment
        self.project = f"p{uuid4().hex[:8]}"
        self.source = f"s{uuid4().hex[:8]}"
        create_project(deployment, owner(), ProjectDraft(name=self.project, questions=questions))
        self.add_source(self.source, id_space)
        self.recorder = Recorder(deployment.engine, deployment.vault)

    def add_source(self, name: str, id_space: str | None = None) -> None:
        draft = SourceDraft(
            name=name, platform="generic", projects=(self.project,), id_space=id_space
        )
        with unit_of_work(self.deployment.engine) as session:
            insert_source(session, draft, self.deployment.clock())

    def submission(self, events: Iterable[Event], **more: object) -> Submission:
        events = tuple(events)
        values = {
            "source": self.source,
            "body": os.urandom(16),
            "parsed": Parsed(events=events, positions=tuple(range(len(events)))),
            "received_at": self.deployment.clock(),
            "parser": "test/1",
        }
        return Submission(**(values | more))

    def send(self, *events: Event, **more: object) -> Outcome:
        """Record one delivery."""
        return self.recorder.record([self.submission(events, **more)])[0]

    def judgments(self, question: str = "label", **more: object) -> LoadedJudgments:
        return read_judgments(self.deployment.engine, self.project, question, **more)

    def current(self, question: str = "label", **more: object) -> list[tuple[str, str, str]]:
        """Current judgments as sorted (item, labeler, label), in outside words."""
        loaded = self.judgments(question, **more)
        words = item_words(self.deployment.engine, loaded.item.tolist())
        return sorted(
            (words[int(i)].name, loaded.labelers[w].name, loaded.words[c])
            for i, w, c in zip(loaded.item, loaded.labeler, loaded.label, strict=True)
        )

    def gold(self, **more: object) -> dict[str, str]:
        """Current gold labels by item, in outside words."""
        loaded = self.judgments(**more)
        words = item_words(self.deployment.engine, loaded.gold_item.tolist())
        pairs = zip(loaded.gold_item, loaded.gold_label, strict=True)
        return {words[int(i)].name: loaded.words[c] for i, c in pairs}

    def event(self, type_: str = "label.submitted", **fields: object) -> Event:
        values = {"type": type_, "project": self.project, "event_id": uuid4().hex}
        return Event(**(values | fields))

    def label(self, item: str, labeler: str, word: object = "yes", **fields: object) -> Event:
        return self.event(item=item, labeler=labeler, label=word, **fields)


def chain_rows(deployment: Deployment, name: str) -> list[EventRow]:
    """All rows of a chain, in order."""
    with reading(deployment.engine) as session:
        wanted = (
            select(EventRow)
            .join(Chain, Chain.id == EventRow.chain_id)
            .where(Chain.name == name)
            .order_by(EventRow.sequence)
        )
        return list(session.exec(wanted))


def at(seconds: float, start: datetime) -> datetime:
    """A moment so many seconds after another."""
    return start + timedelta(seconds=seconds)
