"""Rows of appeals into what is shown."""

from collections.abc import Sequence

from sqlmodel import Session

from labeltrust.domain.appeals import Appeal
from labeltrust.store.appeals import AppealRow
from labeltrust.store.labelers import labeler_names


def appeal_cases(session: Session, rows: Sequence[AppealRow]) -> list[Appeal]:
    """Return appeals as they are shown, the labelers by name."""
    ids = {row.labeler_id for row in rows if row.labeler_id is not None}
    names = labeler_names(session, ids)
    return [_case(row, names) for row in rows]


def _case(row: AppealRow, names: dict[int, str]) -> Appeal:
    return Appeal(
        id=row.id,
        project=row.project,
        freeze=row.freeze,
        flag=row.flag,
        labeler="" if row.labeler_id is None else names[row.labeler_id],
        reason=row.reason,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        due_at=row.due_at,
        outcome=row.outcome,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        decision=row.decision,
    )
