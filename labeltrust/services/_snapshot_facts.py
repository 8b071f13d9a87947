"""What a snapshot is made of and what stays out of it, read before its files are written."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.training_sets import NOTHING_LEFT_OUT, Without
from labeltrust.policy.gate import Gate, gate
from labeltrust.services._held import Hold, holds
from labeltrust.services._left_out import left_out
from labeltrust.services._voices import Voices
from labeltrust.services.check_gate import gate_facts
from labeltrust.services.deployment import Deployment
from labeltrust.store.assessed import trust_of
from labeltrust.store.assessments import latest_assessment
from labeltrust.store.chains import ChainEnd, chain_end
from labeltrust.store.flags import brief_flags
from labeltrust.store.freezes import list_freezes
from labeltrust.store.inserting import known_id
from labeltrust.store.jobs import Lease
from labeltrust.store.labelers import labeler_names
from labeltrust.store.projects import project_of, project_row, questions_of
from labeltrust.store.snapshots import get_snapshot, probation_sources, source_names
from labeltrust.store.tables import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotOrder:
    """A snapshot to be made.

    Attributes:
        project: Whose labels.
        hold_back_hours: Leave out labels received within so many hours: nobody has had the time to
            suspect them. As long as the usual time to detect is a good choice; 0 takes all.
        without: What else stays out of this one.
        parent: Number of the snapshot that it is made from, or None.
        lease: The job that makes it, if one does; nothing is stored once it is lost.
    """

    project: str
    hold_back_hours: float = 0.0
    without: Without = NOTHING_LEFT_OUT
    parent: int | None = None
    lease: Lease | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotFacts:
    """What a snapshot is made of.

    Attributes:
        end: Where the project's chain stood.
        questions: Names of the project's questions.
        guideline: Version of the guideline that labelers were told.
        standing: What stands against labels.
        left_out: What the order leaves out besides.
        names: Names of the labelers among these, by id.
        freeze_reasons: Why each freeze was placed, by number.
        sources: Names of sources, by id.
        policy_version: By which rules the newest assessment went, empty where there is none.
        voices: Trust in labelers, by question.
        assessed_through: Up to where the newest assessment read.
        gate: What the gate answered.
        hold_back: Since when labels are fresh, or None.
    """

    end: ChainEnd
    questions: tuple[str, ...]
    guideline: str
    standing: tuple[Hold, ...]
    left_out: tuple[Hold, ...]
    names: dict[int, str]
    freeze_reasons: dict[int, str]
    sources: dict[int, str]
    policy_version: str
    voices: Voices
    assessed_through: int | None
    gate: Gate
    hold_back: dict[str, Any] | None

    @property
    def held(self) -> tuple[Hold, ...]:
        """What stays out: what stands against labels, what was left out, what is merely fresh."""
        return (*self.standing, *self.left_out, *fresh_hold(self.hold_back))


def fresh_hold(hold_back: dict[str, Any] | None) -> tuple[Hold, ...]:
    """Return what a manifest's hold-back keeps out: nothing, or all labels since its moment."""
    if hold_back is None:
        return ()
    return (Hold(code="fresh", since=datetime.fromisoformat(hold_back["since"])),)


def standing_holds(session: Session, project_id: int, at: datetime) -> list[Hold]:
    """Return everything that keeps labels of a project out of training sets at a moment."""
    return holds(
        [row.state for row in list_freezes(session, project_id)],
        brief_flags(session, project_id),
        probation_sources(session, project_id),
        at,
    )


def check_order(
    deployment: Deployment, session: Session, project: Project, order: SnapshotOrder
) -> tuple[Hold, ...]:
    """Return what an order leaves out, or refuse it.

    Raises:
        NotFound: The project has no such labeler, source, import or snapshot.
        InvalidInput: The parent is a snapshot of another project, or a name means two labelers.
    """
    if order.parent is not None:
        parent = get_snapshot(session, order.parent)
        if parent.project_id != project.id:
            detail = f"snapshot {order.parent} is of another project"
            raise InvalidInput(detail, place="parent", code="different_projects")
    return left_out(deployment, session, project, order.without)


def read_facts(
    deployment: Deployment, session: Session, order: SnapshotOrder, at: datetime
) -> SnapshotFacts:
    """Read what a snapshot is made of.

    Raises:
        NotFound: The project has no such labeler, source, import or snapshot.
        InvalidInput: The order cannot be carried out.
    """
    row = project_row(session, order.project)
    number = known_id(row.id)
    standing = standing_holds(session, number, at)
    chosen = check_order(deployment, session, row, order)
    assessment = latest_assessment(session, number)
    labelers = [one.labeler_id for one in (*standing, *chosen) if one.labeler_id is not None]
    return SnapshotFacts(
        end=chain_end(session, row),
        questions=tuple(question.name for question in questions_of(session, row)),
        guideline=project_of(session, row).guideline_version,
        standing=tuple(standing),
        left_out=chosen,
        names=labeler_names(session, labelers),
        freeze_reasons={one.state.id: one.reason for one in list_freezes(session, number)},
        sources=source_names(session),
        policy_version="" if assessment is None else assessment.policy_version,
        voices=trust_of(session, number),
        assessed_through=None if assessment is None else assessment.events_through,
        gate=gate(gate_facts(deployment, session, row, at), at),
        hold_back=_hold_back(order, at),
    )


def _hold_back(order: SnapshotOrder, at: datetime) -> dict[str, Any] | None:
    hours = order.hold_back_hours
    if not hours:
        return None
    return {"hours": hours, "since": (at - timedelta(hours=hours)).isoformat()}
