"""Which roles models were given, and what comparing them found at the newest assessment, as rows.

Whoever gives a role appends its event in the same transaction.
"""

import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import delete
from sqlmodel import Session, col, select

from labeltrust.domain.model_roles import RoleGiven
from labeltrust.store.inserting import known_id
from labeltrust.store.slices import Int
from labeltrust.store.tables import LabelerAlias, ModelComparison, ModelRole

_written = msgspec.json.Encoder(order="sorted").encode
_read = msgspec.json.Decoder(dict[str, Any]).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What an assessment found of a model beside the one that it is measured against.

    Attributes:
        question: Name of the question.
        labeler_id: The model; `against_id` the other one.
        role: What the model was for then.
        at: When.
        found: Counts and hours, as `services/models/_found.py` writes them.
        lost: (k,) ids of the gold items that the other has right and the model wrong.
    """

    question: str
    labeler_id: int
    role: str
    against_id: int
    at: datetime
    found: dict[str, Any]
    lost: Int


def add_role(session: Session, project_id: int, given: RoleGiven) -> int:
    """Store a role and return the number of its row."""
    row = ModelRole(
        project_id=project_id,
        labeler_id=given.labeler_id,
        role=given.role,
        predecessor_id=given.predecessor_id,
        reason=given.reason,
        given_at=given.given_at,
        given_by=given.given_by,
    )
    session.add(row)
    session.flush()
    return known_id(row.id)


def roles_given(
    session: Session, project_id: int, *, labeler_id: int | None = None, limit: int | None = None
) -> list[RoleGiven]:
    """Return the roles given in a project, newest first; merged names as whom they stand for."""
    wanted = select(ModelRole).where(col(ModelRole.project_id) == project_id)
    rows = session.exec(wanted.order_by(col(ModelRole.id).desc())).all()
    stands = _representatives(
        session, {n for row in rows for n in (row.labeler_id, row.predecessor_id) if n is not None}
    )
    found = [_given(row, stands) for row in rows]
    if labeler_id is not None:
        found = [one for one in found if one.labeler_id == labeler_id]
    return found[:limit]


def roles_now(session: Session, project_id: int) -> list[RoleGiven]:
    """Return the role that each model has now, the newest act first."""
    newest: dict[int, RoleGiven] = {}
    for one in roles_given(session, project_id):
        newest.setdefault(one.labeler_id, one)
    return list(newest.values())


def _representatives(session: Session, numbers: set[int]) -> dict[int, int]:
    wanted = select(LabelerAlias.id, LabelerAlias.labeler_id)
    found = session.exec(wanted.where(col(LabelerAlias.id).in_(sorted(numbers)))).all()
    return {int(number or 0): int(who or number or 0) for number, who in found}


def _given(row: ModelRole, stands: dict[int, int]) -> RoleGiven:
    before = row.predecessor_id
    return RoleGiven(
        id=known_id(row.id),
        labeler_id=stands.get(row.labeler_id, row.labeler_id),
        role=row.role,
        predecessor_id=None if before is None else stands.get(before, before),
        reason=row.reason,
        given_at=row.given_at,
        given_by=row.given_by,
    )


def comparisons(
    session: Session, project_id: int, *, labeler_id: int | None = None
) -> list[Compared]:
    """Return what the newest assessment found of the models of a project."""
    wanted = select(ModelComparison).where(col(ModelComparison.project_id) == project_id)
    if labeler_id is not None:
        wanted = wanted.where(col(ModelComparison.labeler_id) == labeler_id)
    ordered = wanted.order_by(col(ModelComparison.question), col(ModelComparison.labeler_id))
    return [
        Compared(
            question=row.question,
            labeler_id=row.labeler_id,
            role=row.role,
            against_id=row.against_id,
            at=row.at,
            found=_read(row.found),
            lost=np.frombuffer(zlib.decompress(row.lost), dtype="<i8").astype(np.int64),
        )
        for row in session.exec(ordered)
    ]


def keep_comparisons(session: Session, project_id: int, found: list[Compared]) -> None:
    """Store what an assessment found of the models of a project, in place of the one before."""
    session.execute(delete(ModelComparison).where(col(ModelComparison.project_id) == project_id))
    session.add_all(
        ModelComparison(
            project_id=project_id,
            question=one.question,
            labeler_id=one.labeler_id,
            role=one.role,
            against_id=one.against_id,
            at=one.at,
            found=_written(one.found).decode(),
            lost=zlib.compress(one.lost.astype("<i8").tobytes(), 1),
        )
        for one in found
    )
    session.flush()
