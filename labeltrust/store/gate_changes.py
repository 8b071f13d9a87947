"""Openings and closings of gates as rows; whoever notes one appends its event with it."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from labeltrust.store.inserting import known_id
from labeltrust.store.tables import GateChange


@dataclass(frozen=True, slots=True, kw_only=True)
class GateTurn:
    """The gate turned: to open, or to closed for these reasons (code and detail).

    Attributes:
        at: When it was noticed.
        actor: Whose act turned it, or the machine.
    """

    id: int
    at: datetime
    open: bool
    reasons: tuple[tuple[str, str], ...]
    actor: str


def add_turn(session: Session, project_id: int, turn: GateTurn) -> int:
    """Store a turn and return its number; `turn.id` is ignored."""
    row = GateChange(
        project_id=project_id,
        at=turn.at,
        open=turn.open,
        reasons=json.dumps(turn.reasons, ensure_ascii=False),
        actor=turn.actor,
    )
    session.add(row)
    session.flush()
    return known_id(row.id)


def last_turn(session: Session, project_id: int) -> GateTurn | None:
    """Return the newest turn of a project's gate, or None where none was noticed."""
    found = turns(session, project_id, limit=1)
    return found[0] if found else None


def last_turns(session: Session, project_ids: Collection[int]) -> dict[int, GateTurn]:
    """Return the newest turn of each project's gate, by project; none where none was noticed."""
    newest = (
        select(func.max(GateChange.id))
        .where(col(GateChange.project_id).in_(sorted(project_ids)))
        .group_by(col(GateChange.project_id))
    )
    found = session.exec(select(GateChange).where(col(GateChange.id).in_(newest)))
    return {row.project_id: _turn(row) for row in found}


def turns(
    session: Session, project_id: int, *, before: int | None = None, limit: int
) -> list[GateTurn]:
    """Return turns, newest first.

    Args:
        session: An open read.
        project_id: Whose gate.
        before: Only turns with a smaller number.
        limit: At most so many.
    """
    wanted = select(GateChange).where(col(GateChange.project_id) == project_id)
    if before is not None:
        wanted = wanted.where(col(GateChange.id) < before)
    found = session.exec(wanted.order_by(col(GateChange.id).desc()).limit(limit))
    return [_turn(row) for row in found]


def _turn(row: GateChange) -> GateTurn:
    said: Sequence[Sequence[str]] = json.loads(row.reasons)
    return GateTurn(
        id=known_id(row.id),
        at=row.at,
        open=row.open,
        reasons=tuple((code, detail) for code, detail in said),
        actor=row.actor,
    )
