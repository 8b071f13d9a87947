"""Labels on record, by the recorder that webhooks and imports use."""

from collections.abc import Iterable, Sequence
from uuid import uuid4

from factories import owner
from msgspec.structs import replace
from sqlmodel import col, select

from labeltrust.domain.access import SourceDraft
from labeltrust.domain.errors import Conflict
from labeltrust.domain.events import Event, Outcome, Parsed
from labeltrust.domain.projects import ProjectDraft, Question
from labeltrust.services.add_source import add_source
from labeltrust.services.create_project import create_project
from labeltrust.services.deployment import Deployment
from labeltrust.store.drafts import Submission
from labeltrust.store.recording import Recorder
from labeltrust.store.session import reading
from labeltrust.store.tables import Event as EventRow

CLASSES = ("benign", "fraud")


def project(
    deployment: Deployment,
    name: str = "fraud",
    *,
    source: str = "feed",
    questions: Sequence[Question] = (Question(classes=CLASSES),),
    **more: object,
) -> None:
    """Make a project with one source that may speak for it."""
    create_project(deployment, owner(), ProjectDraft(name=name, questions=tuple(questions), **more))
    draft = SourceDraft(name=source, platform="generic", projects=(name,))
    add_source(deployment, owner(), draft)


def record(deployment: Deployment, events: Iterable[Event], *, source: str = "feed") -> Outcome:
    """Record events of one source in one delivery, received now."""
    told = tuple(e if e.event_id else replace(e, event_id=uuid4().hex) for e in events)
    submission = Submission(
        source=source,
        body=repr(told).encode(),
        parsed=Parsed(events=told, positions=tuple(range(len(told)))),
        received_at=deployment.clock(),
        parser="test/1",
    )
    outcome = Recorder(deployment.engine, deployment.vault).record([submission])[0]
    if outcome.problems:
        raise Conflict(str(outcome.problems[0]))
    return outcome


def history(deployment: Deployment, *prefixes: str) -> list[EventRow]:
    """Return the events on record whose type begins so, in the order of their chain."""
    with reading(deployment.engine) as session:
        rows = session.exec(select(EventRow).order_by(col(EventRow.sequence)))
        return [row for row in rows if row.type.startswith(prefixes)]
