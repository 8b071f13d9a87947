"""Addresses that are told when a gate reopens, as rows; their secrets are sealed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from labeltrust.domain.errors import NotFound
from labeltrust.domain.hooks import GateHook
from labeltrust.store.inserting import known_id
from labeltrust.store.tables import GateHook as GateHookRow
from labeltrust.store.tables import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedHook:
    """A hook with its sealed secret."""

    hook: GateHook
    sealed: bytes


def add_hook(
    session: Session, project_id: int, *, url: str, sealed: bytes, at: datetime, by: str
) -> int:
    """Store a hook and return its number."""
    row = GateHookRow(project_id=project_id, url=url, sealed=sealed, added_at=at, added_by=by)
    session.add(row)
    session.flush()
    return known_id(row.id)


def hooks_of(session: Session, project_id: int) -> list[GateHook]:
    """Return the hooks of a project that are told, oldest first."""
    wanted = _subscribed().where(col(GateHookRow.project_id) == project_id)
    return [_hook(*found) for found in session.exec(wanted.order_by(col(GateHookRow.id)))]


def get_hook(session: Session, number: int) -> SealedHook:
    """Return a hook that is told.

    Raises:
        NotFound: There is none of this number, or it was removed.
    """
    found = session.exec(_subscribed().where(col(GateHookRow.id) == number)).first()
    if found is None:
        detail = f"no hook {number}"
        raise NotFound(detail)
    return SealedHook(hook=_hook(*found), sealed=found[0].sealed)


def remove_hook(session: Session, number: int, at: datetime) -> None:
    """Store that a hook is not told any more; its secret is forgotten."""
    row = session.get_one(GateHookRow, number)
    row.removed_at, row.sealed = at, b""
    session.add(row)
    session.flush()


def note_told(session: Session, number: int, *, at: datetime | None, trouble: str | None) -> None:
    """Store that a hook took the news at a moment, or why it did not."""
    row = session.get_one(GateHookRow, number)
    row.told_at, row.trouble = at or row.told_at, trouble
    session.add(row)
    session.flush()


def _subscribed() -> Any:  # noqa: ANN401 - a query of two tables
    wanted = select(GateHookRow, Project).where(col(Project.id) == col(GateHookRow.project_id))
    return wanted.where(col(GateHookRow.removed_at).is_(None))


def _hook(row: GateHookRow, project: Project) -> GateHook:
    return GateHook(
        id=known_id(row.id),
        project=project.name,
        url=row.url,
        added_at=row.added_at,
        added_by=row.added_by,
        told_at=row.told_at,
        trouble=row.trouble,
    )
