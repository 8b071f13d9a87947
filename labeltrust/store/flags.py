"""Flags as rows; whoever changes one appends the event of the change in the same transaction."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from labeltrust.domain.errors import NotFound
from labeltrust.domain.flags import FlagState
from labeltrust.store.chains import FRESH
from labeltrust.store.inserting import known_id
from labeltrust.store.tables import Flag, Project


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRow:
    """A flag with the project it belongs to, the newest verdict's words, and who is to decide."""

    project_id: int
    project: str
    state: FlagState
    decided_by: str | None
    note: str | None
    assigned_to: str | None
    assigned_at: datetime | None


def open_flag(session: Session, project_id: int, state: FlagState) -> int:
    """Store a new flag and return its number; `state.id` is ignored."""
    row = Flag(
        project_id=project_id,
        labeler_id=state.labeler_id,
        status=state.status,
        severity=state.severity,
        signals=_json(list(state.signals)),
        contested=state.contested,
        evidence=_json(state.evidence),
        since=state.since,
        opened_at=state.opened_at,
        updated_at=state.updated_at,
        **_repeated(state),
    )
    session.add(row)
    session.flush()
    return known_id(row.id)


def update_flag(session: Session, state: FlagState) -> None:
    """Store what the newest assessment says of a flag; its status and verdict stay."""
    row = _locked(session, state.id)
    row.severity = state.severity
    row.signals = _json(list(state.signals))
    row.contested = state.contested
    row.evidence = _json(state.evidence)
    for name, value in _repeated(state).items():
        setattr(row, name, value)
    row.since = state.since
    row.updated_at = state.updated_at
    session.add(row)
    session.flush()


def _repeated(state: FlagState) -> dict[str, Any]:
    """Return what stands in columns of its own besides the evidence."""
    said = state.evidence.get("strong") is True
    return {"question": state.question, "clock": state.clock, "strong": said}


def decide(
    session: Session, flag_id: int, status: str, *, actor: str, note: str, at: datetime
) -> None:
    """Store a verdict; a reopened flag carries none."""
    row = _locked(session, flag_id)
    row.status = status
    row.decided_at = None if status == "open" else at
    row.decided_by = None if status == "open" else actor
    row.note = note
    row.updated_at = at
    session.add(row)
    session.flush()


def _locked(session: Session, flag_id: int) -> Flag:
    row = session.exec(
        select(Flag).where(col(Flag.id) == flag_id).execution_options(**FRESH)
    ).first()
    if row is None:
        raise _missing(flag_id)
    return row


def get_flag(session: Session, flag_id: int) -> FlagRow:
    """Return one flag.

    Raises:
        NotFound: No flag has this number.
    """
    wanted = with_project().where(col(Flag.id) == flag_id)
    found = session.exec(wanted).first()
    if found is None:
        raise _missing(flag_id)
    return row_of(*found)


def _missing(flag_id: int) -> NotFound:
    return NotFound(f"no flag {flag_id}")


def list_flags(
    session: Session,
    project_id: int,
    *,
    status: str | None = None,
    labeler_id: int | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[FlagRow]:
    """Return the flags of a project, oldest first.

    Args:
        session: An open read.
        project_id: Whose.
        status: Only those, or None for all.
        labeler_id: Only those of this labeler, or None for all.
        after: Only flags with a greater number (the cursor of a page).
        limit: At most so many.
    """
    wanted = with_project().where(col(Flag.project_id) == project_id, col(Flag.id) > after)
    if status is not None:
        wanted = wanted.where(col(Flag.status) == status)
    if labeler_id is not None:
        wanted = wanted.where(col(Flag.labeler_id) == labeler_id)
    return [row_of(*found) for found in session.exec(wanted.order_by(col(Flag.id)).limit(limit))]


def brief_flags(
    session: Session,
    project_id: int,
    *,
    labeler_ids: Collection[int] | None = None,
    statuses: Collection[str] | None = None,
) -> list[FlagState]:
    """Return the flags of a project, oldest first, with nothing of the evidence but what rules ask.

    Args:
        session: An open read.
        project_id: Whose.
        labeler_ids: Only those of these labelers, or None for all.
        statuses: Only those with one of these, or None for all.
    """
    wanted = select(Flag).where(col(Flag.project_id) == project_id).order_by(col(Flag.id))
    if statuses is not None:
        wanted = wanted.where(col(Flag.status).in_(sorted(statuses)))
    if labeler_ids is not None:
        wanted = wanted.where(col(Flag.labeler_id).in_(labeler_ids))
    unread = [defer(getattr(Flag, name)) for name in ("evidence", "note")]
    wanted = wanted.options(*unread)
    return [_brief(row) for row in session.exec(wanted.execution_options(**FRESH))]


def _brief(row: Flag) -> FlagState:
    evidence = {"question": row.question, "clock": row.clock, "strong": row.strong}
    return _state(row, evidence)


def assign(session: Session, flag_id: int, person: str | None, at: datetime) -> None:
    """Store who is to decide a flag; None is nobody."""
    row = _locked(session, flag_id)
    row.assigned_to = person
    row.assigned_at = None if person is None else at
    session.add(row)
    session.flush()


def flags_among(session: Session, project_id: int, numbers: Sequence[int]) -> list[FlagRow]:
    """Return those flags of a project that have one of these numbers, oldest first."""
    wanted = with_project().where(col(Flag.project_id) == project_id)
    wanted = wanted.where(col(Flag.id).in_(sorted(set(numbers))))
    return [row_of(*found) for found in session.exec(wanted.order_by(col(Flag.id)))]


def with_project() -> Select[Flag, Project]:
    """Return the question for flags with their projects, read anew."""
    return (
        select(Flag, Project)
        .where(col(Project.id) == col(Flag.project_id))
        .execution_options(**FRESH)
    )


def row_of(flag: Flag, project: Project) -> FlagRow:
    """Return a flag and its project as a value."""
    return FlagRow(
        project_id=flag.project_id,
        project=project.name,
        state=_state(flag, json.loads(flag.evidence)),
        decided_by=flag.decided_by,
        note=flag.note,
        assigned_to=flag.assigned_to,
        assigned_at=flag.assigned_at,
    )


def _state(flag: Flag, evidence: Mapping[str, object]) -> FlagState:
    return FlagState(
        id=known_id(flag.id),
        labeler_id=flag.labeler_id,
        status=flag.status,
        severity=flag.severity,
        signals=tuple(json.loads(flag.signals)),
        contested=flag.contested,
        since=flag.since,
        opened_at=flag.opened_at,
        updated_at=flag.updated_at,
        decided_at=flag.decided_at,
        evidence=evidence,
    )


def _json(value: Mapping[str, object] | Sequence[object]) -> str:
    plain = dict(value) if isinstance(value, Mapping) else value
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
