"""Registered trigger patterns and the items that hold them, as rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import case, update
from sqlalchemy import select as plain_select
from sqlmodel import Session, col, func, select

from labeltrust.domain.errors import NotFound
from labeltrust.domain.triggers import Hit, Pattern
from labeltrust.store.inserting import known_id
from labeltrust.store.tables import (
    Chain,
    ItemAlias,
    ItemContent,
    Project,
    Source,
    TriggerHit,
    TriggerPattern,
    TriggerTally,
)


def add_pattern(session: Session, row: TriggerPattern) -> int:
    """Store a pattern and return its number."""
    session.add(row)
    session.flush()
    return known_id(row.id)


def pattern_row(session: Session, number: int) -> TriggerPattern:
    """Return the row of a pattern, removed or not.

    Raises:
        NotFound: There is none of this number.
    """
    row = session.get(TriggerPattern, number)
    if row is None:
        detail = f"no pattern {number}"
        raise NotFound(detail)
    return row


def patterns_of(session: Session, project: Project, number: int | None = None) -> list[Pattern]:
    """Return the patterns of a project, newest first; or one of them."""
    end = session.exec(select(Chain.next_sequence).where(col(Chain.id) == project.chain_id)).one()
    wanted = select(TriggerPattern).where(col(TriggerPattern.project_id) == project.id)
    if number is not None:
        wanted = wanted.where(col(TriggerPattern.id) == number)
    rows = session.exec(wanted.order_by(col(TriggerPattern.id).desc())).all()
    sums = _sums(session, [known_id(row.id) for row in rows])
    return [_pattern(row, project.name, end, sums) for row in rows]


def _sums(session: Session, numbers: Sequence[int]) -> dict[int, tuple[int, int, int, int]]:
    waits = case((col(TriggerHit.settled_at).is_(None), 1), else_=0)
    wanted = (
        plain_select(
            col(TriggerHit.pattern_id),
            func.count(),
            func.sum(waits),
            func.sum(col(TriggerHit.labels)),
            func.sum(col(TriggerHit.predictions)),
        )
        .where(col(TriggerHit.pattern_id).in_(numbers))
        .group_by(col(TriggerHit.pattern_id))
    )
    return {int(row[0]): (*map(int, row[1:]),) for row in session.execute(wanted)}  # type: ignore[misc]


def _pattern(
    row: TriggerPattern, project: str, end: int, sums: Mapping[int, tuple[int, int, int, int]]
) -> Pattern:
    hits, waiting, labels, predictions = sums.get(known_id(row.id), (0, 0, 0, 0))
    return Pattern(
        id=known_id(row.id),
        project=project,
        expression=row.expression,
        place=row.place,
        reason=row.reason,
        added_at=row.added_at,
        added_by=row.added_by,
        removed_at=row.removed_at,
        removed_by=row.removed_by,
        removed_why=row.removed_why,
        through=row.through,
        behind=row.removed_at is None and row.through < end - 1,
        hits=hits,
        waiting=waiting,
        labels=labels,
        predictions=predictions,
    )


def live_patterns(session: Session, project_id: int) -> list[TriggerPattern]:
    """Return the rows of the patterns that are looked for, oldest first."""
    wanted = select(TriggerPattern).where(
        col(TriggerPattern.project_id) == project_id, col(TriggerPattern.removed_at).is_(None)
    )
    return list(session.exec(wanted.order_by(col(TriggerPattern.id))))


def projects_behind(session: Session) -> list[str]:
    """Return the names of projects with a pattern that newer events wait for."""
    wanted = (
        select(Project.name)
        .join(TriggerPattern, col(TriggerPattern.project_id) == col(Project.id))
        .join(Chain, col(Chain.id) == col(Project.chain_id))
        .where(
            col(TriggerPattern.removed_at).is_(None),
            col(TriggerPattern.through) < col(Chain.next_sequence) - 1,
        )
        .distinct()
    )
    return sorted(session.exec(wanted))


def hits_of(
    session: Session, number: int, *, after: int = 0, limit: int, waiting: bool = False
) -> list[Hit]:
    """Return items that hold a pattern, by their row; without excerpts."""
    wanted = (
        plain_select(TriggerHit, col(ItemAlias.outside_id), col(Source.name))
        .join(ItemAlias, col(ItemAlias.id) == col(TriggerHit.item_id))
        .outerjoin(ItemContent, col(ItemContent.item_id) == col(TriggerHit.item_id))
        .outerjoin(Source, col(Source.id) == col(ItemContent.source_id))
        .where(col(TriggerHit.pattern_id) == number, col(TriggerHit.item_id) > after)
    )
    if waiting:
        wanted = wanted.where(col(TriggerHit.settled_at).is_(None))
    rows = session.execute(wanted.order_by(col(TriggerHit.item_id)).limit(limit))
    return [
        Hit(
            item_id=hit.item_id,
            item=f"item #{hit.item_id}" if name is None else name,
            source=source,
            found_at=hit.found_at,
            labels=hit.labels,
            predictions=hit.predictions,
            settled_at=hit.settled_at,
        )
        for hit, name, source in rows
    ]


def settle_hits(session: Session, number: int, at: datetime | None) -> int:
    """Settle all hits that wait, or have all wait again; say how many."""
    done = update(TriggerHit).where(col(TriggerHit.pattern_id) == number)
    settled = col(TriggerHit.settled_at)
    done = done.where(settled.is_not(None) if at is None else settled.is_(None))
    return int(session.execute(done.values(settled_at=at)).rowcount)  # type: ignore[attr-defined]


def triggers_since(session: Session, project_id: int, hour: int) -> list[TriggerTally]:
    """Return what was tallied of a project since an hour."""
    wanted = select(TriggerTally).where(
        col(TriggerTally.project_id) == project_id, col(TriggerTally.hour) >= hour
    )
    return list(session.exec(wanted))
