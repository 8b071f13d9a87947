"""Freezes as rows; whoever places or lifts one appends the event in the same transaction."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import select as plain_select
from sqlmodel import Session, col, func, or_, select
from sqlmodel.sql.expression import Select

from labeltrust.domain.errors import NotFound
from labeltrust.domain.freezes import FreezeState
from labeltrust.store.chains import FRESH
from labeltrust.store.inserting import known_id
from labeltrust.store.tables import Delivery, Freeze, Project, Source, SourceProject

_SLICE = 500  # both databases take so many parameters in one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeRow:
    """A freeze with its project and the words of those who placed and lifted it."""

    project_id: int
    project: str
    state: FreezeState
    reason: str
    lifted_by: str | None
    lift_reason: str | None


def place(session: Session, project_id: int, state: FreezeState, reason: str) -> int:
    """Store a new freeze and return its number; `state.id` is ignored."""
    row = Freeze(
        project_id=project_id,
        kind=state.kind,
        labeler_id=state.labeler_id,
        source_id=state.source_id,
        delivery_id=state.delivery_id,
        flag_id=state.flag_id,
        since=state.since,
        clock=state.clock,
        automatic=state.automatic,
        reason=reason,
        placed_at=state.placed_at,
        placed_by=state.placed_by,
    )
    session.add(row)
    session.flush()
    return known_id(row.id)


def lift(session: Session, freeze_id: int, *, actor: str, reason: str, at: datetime) -> None:
    """Store the end of a freeze; the row and what it held stay on record."""
    wanted = select(Freeze).where(col(Freeze.id) == freeze_id).execution_options(**FRESH)
    row = session.exec(wanted).first()
    if row is None:
        raise _missing(freeze_id)
    row.lifted_at = at
    row.lifted_by = actor
    row.lift_reason = reason
    session.add(row)
    session.flush()


def get_freeze(session: Session, freeze_id: int) -> FreezeRow:
    """Return one freeze.

    Raises:
        NotFound: No freeze has this number.
    """
    wanted = with_project()
    found = session.exec(wanted.where(col(Freeze.id) == freeze_id)).first()
    if found is None:
        raise _missing(freeze_id)
    return row_of(*found)


def get_freezes(session: Session, freeze_ids: Collection[int]) -> list[FreezeRow]:
    """Return some freezes by number; those that are not there are left out."""
    numbers, found = sorted(set(freeze_ids)), []
    for start in range(0, len(numbers), _SLICE):
        part = with_project().where(col(Freeze.id).in_(numbers[start : start + _SLICE]))
        found += [row_of(*pair) for pair in session.exec(part)]
    return found


def _missing(freeze_id: int) -> NotFound:
    return NotFound(f"no freeze {freeze_id}")


def list_freezes(
    session: Session,
    project_id: int,
    *,
    lifted: bool = False,
    after: int = 0,
    limit: int | None = None,
) -> list[FreezeRow]:
    """Return the freezes of a project, oldest first.

    Args:
        session: An open read.
        project_id: Whose.
        lifted: Those that were lifted too.
        after: Only freezes with a greater number (the cursor of a page).
        limit: At most so many.
    """
    wanted = with_project()
    wanted = wanted.where(col(Freeze.project_id) == project_id, col(Freeze.id) > after)
    if not lifted:
        wanted = wanted.where(col(Freeze.lifted_at).is_(None))
    return [row_of(*found) for found in session.exec(wanted.order_by(col(Freeze.id)).limit(limit))]


def standing_states(
    session: Session, project_id: int, *, labeler_ids: Collection[int] | None = None
) -> list[FreezeState]:
    """Return the freezes that stand in a project, oldest first, without anybody's words.

    Args:
        session: An open read.
        project_id: Whose.
        labeler_ids: Only those of these labelers, or None for all.
    """
    wanted = _states(project_id).where(col(Freeze.lifted_at).is_(None))
    if labeler_ids is not None:
        wanted = wanted.where(col(Freeze.labeler_id).in_(sorted(labeler_ids)))
    return [FreezeState(**row) for row in session.execute(wanted).mappings()]


def states_among(
    session: Session, project_id: int, labeler_ids: Collection[int], source_ids: Collection[int]
) -> list[FreezeState]:
    """Return the freezes of some labelers and sources, lifted ones too, oldest first."""
    mine = col(Freeze.labeler_id).in_(sorted(labeler_ids))
    theirs = col(Freeze.source_id).in_(sorted(source_ids))
    wanted = _states(project_id).where(or_(mine, theirs))
    return [FreezeState(**row) for row in session.execute(wanted).mappings()]


def _states(project_id: int) -> Any:  # noqa: ANN401 - a query of the fields of a state
    columns = (getattr(Freeze, field.name) for field in fields(FreezeState))
    wanted = plain_select(*columns).where(col(Freeze.project_id) == project_id)
    return wanted.order_by(col(Freeze.id))


def freezes_of_labeler(session: Session, project_id: int, labeler_id: int) -> list[FreezeRow]:
    """Return all freezes of a labeler in a project, lifted ones too, oldest first."""
    wanted = with_project().where(col(Freeze.project_id) == project_id)
    wanted = wanted.where(col(Freeze.labeler_id) == labeler_id).order_by(col(Freeze.id))
    return [row_of(*found) for found in session.exec(wanted)]


def placed_since(session: Session, project_id: int, since: datetime) -> list[FreezeState]:
    """Return the freezes placed from a moment on, lifted or not: what the breaker counts."""
    wanted = select(Freeze).where(col(Freeze.project_id) == project_id)
    wanted = wanted.where(col(Freeze.placed_at) >= since).order_by(col(Freeze.id))
    return [_state(row) for row in session.exec(wanted)]


def ever_frozen_flags(session: Session, project_id: int) -> frozenset[int]:
    """Return the flags that a freeze has rested on at any time.

    A flag freezes by itself once: after a person lifted that freeze, only a person freezes again.
    """
    wanted = select(Freeze.flag_id).where(col(Freeze.project_id) == project_id)
    return frozenset(flag for flag in session.exec(wanted) if flag is not None)


def count_standing(session: Session, project_id: int, kind: str) -> int:
    """Return how many freezes of a kind stand in a project."""
    wanted = select(func.count()).where(
        col(Freeze.project_id) == project_id,
        col(Freeze.kind) == kind,
        col(Freeze.lifted_at).is_(None),
    )
    return session.exec(wanted).one()


def source_names(session: Session, source_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of sources by row id."""
    wanted = select(Source.id, Source.name).where(col(Source.id).in_(sorted(set(source_ids))))
    return {known_id(number): name for number, name in session.exec(wanted)}


def source_of_project(session: Session, project_id: int, name: str) -> int:
    """Return the row id of a source that may speak for a project.

    Raises:
        NotFound: The project has no such source.
    """
    wanted = select(Source.id).join(SourceProject, col(SourceProject.source_id) == col(Source.id))
    wanted = wanted.where(col(SourceProject.project_id) == project_id, col(Source.name) == name)
    found = session.exec(wanted).first()
    if found is None:
        detail = f"no source {name[:200]!r} in this project"
        raise NotFound(detail)
    return found


def whole_import(session: Session, project_id: int, import_id: int) -> int:
    """Return the number that stands for a whole import, given that of any of its pieces.

    Raises:
        NotFound: No source of the project brought such an import.
    """
    wanted = select(Delivery.id, Delivery.import_id).join(
        SourceProject, col(SourceProject.source_id) == col(Delivery.source_id)
    )
    wanted = wanted.where(
        col(SourceProject.project_id) == project_id, col(Delivery.id) == import_id
    )
    found = session.exec(wanted).first()
    if found is None:
        detail = f"no import {import_id} in this project"
        raise NotFound(detail)
    return found[1] or known_id(found[0])


def with_project() -> Select[Freeze, Project]:
    """Return the question for freezes with their projects, read anew."""
    wanted = select(Freeze, Project).where(col(Project.id) == col(Freeze.project_id))
    return wanted.execution_options(**FRESH)


def row_of(freeze: Freeze, project: Project) -> FreezeRow:
    """Return a freeze as it stands on record."""
    return FreezeRow(
        project_id=freeze.project_id,
        project=project.name,
        state=_state(freeze),
        reason=freeze.reason,
        lifted_by=freeze.lifted_by,
        lift_reason=freeze.lift_reason,
    )


def _state(freeze: Freeze) -> FreezeState:
    return FreezeState(
        id=known_id(freeze.id),
        kind=freeze.kind,
        labeler_id=freeze.labeler_id,
        source_id=freeze.source_id,
        delivery_id=freeze.delivery_id,
        flag_id=freeze.flag_id,
        since=freeze.since,
        clock=freeze.clock,
        automatic=freeze.automatic,
        placed_at=freeze.placed_at,
        placed_by=freeze.placed_by,
        lifted_at=freeze.lifted_at,
    )
