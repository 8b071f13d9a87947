"""Addresses that are told when a gate reopens, as rows; addresses and secrets are sealed."""

from dataclasses import asdict, dataclass
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
    """A hook with its sealed address and secret; `hook.url` holds no more than scheme and host.

    Where `sealed_url` is None, the row is older than the seal and `hook.url` is whole.
    """

    hook: GateHook
    sealed: bytes
    sealed_url: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRow:
    """What is stored of a new hook: what may be read of its address, and both of it sealed."""

    url: str
    sealed_url: bytes
    sealed: bytes
    added_at: datetime
    added_by: str


def add_hook(session: Session, project_id: int, new: HookRow) -> int:
    """Store a hook and return its number."""
    row = GateHookRow(project_id=project_id, **asdict(new))
    session.add(row)
    session.flush()
    return known_id(row.id)


def hooks_of(session: Session, project_id: int) -> list[SealedHook]:
    """Return the hooks of a project that are told, oldest first."""
    wanted = _subscribed().where(col(GateHookRow.project_id) == project_id)
    return [_sealed(*found) for found in session.exec(wanted.order_by(col(GateHookRow.id)))]


def get_hook(session: Session, number: int) -> SealedHook:
    """Return a hook that is told.

    Raises:
        NotFound: There is none of this number, or it was removed.
    """
    found = session.exec(_subscribed().where(col(GateHookRow.id) == number)).first()
    if found is None:
        detail = f"no hook {number}"
        raise NotFound(detail)
    return _sealed(*found)


def remove_hook(session: Session, number: int, at: datetime) -> None:
    """Store that a hook is not told any more; its address and secret are forgotten."""
    row = session.get_one(GateHookRow, number)
    row.removed_at, row.sealed, row.sealed_url = at, b"", None
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


def _sealed(row: GateHookRow, project: Project) -> SealedHook:
    return SealedHook(hook=_hook(row, project), sealed=row.sealed, sealed_url=row.sealed_url)


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
