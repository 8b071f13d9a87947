"""Overrides of gates as rows; whoever writes one appends its event in the same transaction."""

import json
from datetime import datetime

from sqlmodel import Session, col, select

from labeltrust.domain.overrides import Override
from labeltrust.store.chains import FRESH
from labeltrust.store.inserting import known_id
from labeltrust.store.tables import GateOverride


def add_override(session: Session, project_id: int, override: Override) -> int:
    """Store an override and return its number; `override.id` is ignored."""
    row = GateOverride(
        project_id=project_id,
        covers=json.dumps(override.covers, sort_keys=True),
        reason=override.reason,
        placed_at=override.placed_at,
        until=override.until,
        asked_by=override.asked_by,
        approved_by=override.approved_by,
    )
    session.add(row)
    session.flush()
    return known_id(row.id)


def end_override(session: Session, number: int, *, by: str, reason: str, at: datetime) -> None:
    """Store that an override was revoked before its time."""
    row = session.get_one(GateOverride, number)
    row.ended_at, row.ended_by, row.end_reason = at, by, reason
    session.add(row)
    session.flush()


def newest_override(session: Session, project_id: int) -> Override | None:
    """Return the newest override of a project's gate: no other one can stand."""
    wanted = select(GateOverride).where(col(GateOverride.project_id) == project_id)
    wanted = wanted.order_by(col(GateOverride.id).desc()).limit(1).execution_options(**FRESH)
    row = session.exec(wanted).first()
    if row is None:
        return None
    covers = {code: tuple(waits) for code, waits in json.loads(row.covers).items()}
    return Override(
        id=known_id(row.id),
        covers=covers,
        reason=row.reason,
        placed_at=row.placed_at,
        until=row.until,
        asked_by=row.asked_by,
        approved_by=row.approved_by,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        end_reason=row.end_reason,
    )
