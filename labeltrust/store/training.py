"""Which snapshot a project trains on, and which models were trained on which, as rows.

Whoever writes one appends its event in the same transaction.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from labeltrust.store.inserting import known_id
from labeltrust.store.tables import TrainedModel, TrainingSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """That a snapshot was named the training set of its project.

    Attributes:
        snapshot: Its number.
        reason: Why, in words.
        used_at: Since when.
        used_by: Name of the principal.
    """

    snapshot: int
    reason: str
    used_at: datetime
    used_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelVersion:
    """A version of a model that was trained on a snapshot, as its makers said."""

    snapshot: int
    model: str
    version: str
    note: str
    registered_at: datetime
    registered_by: str


def add_use(session: Session, project_id: int, use: Use) -> None:
    """Store which snapshot is the training set from now on."""
    row = TrainingSet(
        project_id=project_id,
        snapshot_id=use.snapshot,
        reason=use.reason,
        used_at=use.used_at,
        used_by=use.used_by,
    )
    session.add(row)
    session.flush()


def uses(session: Session, project_id: int, *, limit: int) -> list[Use]:
    """Return which snapshots were training sets, newest first: the first one is in use."""
    wanted = select(TrainingSet).where(col(TrainingSet.project_id) == project_id)
    found = session.exec(wanted.order_by(col(TrainingSet.id).desc()).limit(limit))
    return [
        Use(
            snapshot=row.snapshot_id,
            reason=row.reason,
            used_at=row.used_at,
            used_by=row.used_by,
        )
        for row in found
    ]


def add_model(session: Session, model: ModelVersion) -> int:
    """Store a version of a model and return the number of its row."""
    row = TrainedModel(
        snapshot_id=model.snapshot,
        model=model.model,
        version=model.version,
        note=model.note,
        registered_at=model.registered_at,
        registered_by=model.registered_by,
    )
    session.add(row)
    session.flush()
    return known_id(row.id)


def models_of(session: Session, snapshots: Collection[int]) -> list[ModelVersion]:
    """Return the models that were trained on some snapshots, oldest first."""
    wanted = select(TrainedModel).where(col(TrainedModel.snapshot_id).in_(sorted(snapshots)))
    return [
        ModelVersion(
            snapshot=row.snapshot_id,
            model=row.model,
            version=row.version,
            note=row.note,
            registered_at=row.registered_at,
            registered_by=row.registered_by,
        )
        for row in session.exec(wanted.order_by(col(TrainedModel.id)))
    ]
