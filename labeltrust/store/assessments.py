"""The newest assessment of a project as a row, and which projects have news since theirs."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from labeltrust.store.inserting import known_id
from labeltrust.store.tables import Assessment, Event, Project

# What an assessment reads. All other events of a chain are acts, its own among them.
NEWS = ("label.submitted", "label.withdrawn", "gold.declared", "gold.withdrawn")
# Acts of people after which an assessment says something else; the machine's own are no news.
ACTS = (
    "flag.confirmed",
    "flag.dismissed",
    "flag.reopened",
    "freeze.placed",
    "freeze.lifted",
    "project.changed",
    "labeler.merged",
    "labeler.split",
    "labeler.alias_added",
    "labeler.identity_undone",
)
MACHINE = "system:policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAssessment:
    """An assessment on record.

    Attributes:
        project_id: Whose.
        created_at: When it was made.
        as_of: What was received by this moment is in it.
        events_through: Position of the chain that it was read at.
        policy_version: By which rules.
        digest: SHA-256 of what it found, without times and positions.
        document: The document of the contract as JSON text.
    """

    project_id: int
    created_at: datetime
    as_of: datetime
    events_through: int
    policy_version: str
    digest: bytes
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A project with events that no assessment has read.

    Attributes:
        project: Name of the project.
        first_us: Received time of the oldest such event, microseconds since 1970.
        last_us: Received time of the newest one.
    """

    project: str
    first_us: int
    last_us: int


def save_assessment(session: Session, assessment: StoredAssessment) -> None:
    """Store an assessment in place of the one before."""
    row = session.get(Assessment, assessment.project_id) or Assessment(
        project_id=assessment.project_id,
        created_at=assessment.created_at,
        as_of=assessment.as_of,
        events_through=0,
        policy_version="",
        digest=b"",
        document="",
    )
    row.created_at = assessment.created_at
    row.as_of = assessment.as_of
    row.events_through = assessment.events_through
    row.policy_version = assessment.policy_version
    row.digest = assessment.digest
    row.document = assessment.document
    session.add(row)
    session.flush()


def latest_assessment(session: Session, project_id: int) -> StoredAssessment | None:
    """Return the newest assessment of a project, or None."""
    row = session.get(Assessment, project_id)
    if row is None:
        return None
    return StoredAssessment(
        project_id=row.project_id,
        created_at=row.created_at,
        as_of=row.as_of,
        events_through=row.events_through,
        policy_version=row.policy_version,
        digest=row.digest,
        document=row.document,
    )


def latest_documents(session: Session, project_ids: Collection[int]) -> dict[int, str]:
    """Return the documents of the newest assessments, by project; none where there is none."""
    wanted = select(Assessment.project_id, Assessment.document)
    wanted = wanted.where(col(Assessment.project_id).in_(sorted(project_ids)))
    return dict(session.exec(wanted).all())


def projects_with_news(session: Session, *, acts: bool = False) -> list[News]:
    """Return the projects whose chain holds labels or gold that no assessment has read.

    Args:
        session: An open read.
        acts: Count acts of people too.
    """
    through = select(Assessment.project_id, Assessment.events_through)
    read = dict(session.exec(through).all())
    found = []
    for project in session.exec(select(Project).order_by(col(Project.id))):
        news = news_of(session, project, read.get(known_id(project.id), 0), acts=acts)
        if news is not None:
            found.append(news)
    return found


def news_of(session: Session, project: Project, through: int, *, acts: bool = False) -> News | None:
    """Return what came to one project after a position of its chain, or None.

    Two look-ups by primary key: events before the first and after the last piece of news are acts
    of people and of the assessment itself, which are few.
    """
    events = select(Event.received_us).where(
        col(Event.chain_id) == project.chain_id,
        col(Event.sequence) > through,
        or_(col(Event.type).in_(NEWS), _acted()) if acts else col(Event.type).in_(NEWS),
    )
    first = session.exec(events.order_by(col(Event.sequence)).limit(1)).first()
    if first is None:
        return None
    last = session.exec(events.order_by(col(Event.sequence).desc()).limit(1)).one()
    return News(project=project.name, first_us=first, last_us=last)


def _acted() -> ColumnElement[bool]:
    return and_(col(Event.type).in_(ACTS), col(Event.actor) != MACHINE)
