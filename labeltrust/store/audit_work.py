"""The work of an audit as rows: whose turn it is, and what reviewers said."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from labeltrust.domain.errors import NotFound
from labeltrust.store.chains import FRESH
from labeltrust.store.inserting import known_id
from labeltrust.store.tables import Audit, AuditItem, AuditTask, AuditVerdict

_SOME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One reviewer's turn at an item.

    Attributes:
        id: Number of the task; 0 before it is stored.
        turn: 1, or 2 for the second reviewer of an item.
        place: Its place in the audit's order.
        assigned: Whether it was given to its reviewer when the sample was drawn.
        reviewer: Whose it is; None: of everybody who may.
        label: The canonical label that stands, None for `cannot tell` or no answer.
        answered_at: When, None while it is open.
    """

    id: int = 0
    audit_id: int
    item_id: int
    turn: int
    place: int
    assigned: bool = False
    reviewer: str | None = None
    label: str | None = None
    seconds: float | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """Who asks for work.

    Attributes:
        name: As verdicts bear it.
        labeler_ids: Labelers that are known to be the same person.
    """

    name: str
    labeler_ids: frozenset[int] = frozenset()


def insert_turns(session: Session, turns: Iterable[Turn]) -> None:
    """Store the work of a new audit."""
    session.add_all(
        AuditTask(
            audit_id=t.audit_id, item_id=t.item_id, turn=t.turn, place=t.place,
            assigned=t.assigned, reviewer=t.reviewer,
        )
        for t in turns
    )  # fmt: skip
    session.flush()


def turns_of(session: Session, audit_id: int) -> list[Turn]:
    """Return all turns of an audit, in their order."""
    wanted = select(AuditTask).where(col(AuditTask.audit_id) == audit_id)
    wanted = wanted.order_by(col(AuditTask.place)).execution_options(**FRESH)
    return [_turn(row) for row in session.exec(wanted)]


def get_turn(session: Session, task_id: int) -> Turn:
    """Return one turn.

    Raises:
        NotFound: No task has this number.
    """
    wanted = select(AuditTask).where(col(AuditTask.id) == task_id).execution_options(**FRESH)
    row = session.exec(wanted).first()
    if row is None:
        detail = f"no task {task_id}"
        raise NotFound(detail)
    return _turn(row)


def open_turns(
    session: Session,
    audit_ids: Collection[int],
    reviewer: Reviewer,
    *,
    item_id: int | None = None,
    limit: int | None = None,
) -> list[Turn]:
    """Return the turns that a reviewer may take, in the audits' own random orders.

    Never an item that he labeled himself, where that is known, and never the second turn of an
    item whose first is his; of an item with two open turns, the first in order.
    """
    wanted = _open(audit_ids, reviewer)
    if item_id is not None:
        wanted = wanted.where(col(AuditTask.item_id) == item_id)
    found: list[Turn] = []
    seen: set[tuple[int, int]] = set()
    start = 0
    while limit is None or len(found) < limit:
        rows = list(session.exec(wanted.offset(start).limit(_SOME)))
        fit = _not_his_own(session, [_turn(row) for row in rows], reviewer)
        found += fit if item_id is not None else _once(fit, seen)
        if len(rows) < _SOME:
            break
        start += _SOME
    return found[:limit]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenItems:
    """What a reviewer may take of one audit: the first turn, and how many items there are."""

    first: int
    items: int


def open_items(
    session: Session, audit_ids: Collection[int], reviewer: Reviewer
) -> dict[int, OpenItems]:
    """Return what a reviewer may take of each of some audits, by audit; without work it is not in.

    The same rules as `open_turns`, by two queries however many audits there are.
    """
    wanted = _open(audit_ids, reviewer)
    rows = session.execute(
        wanted.with_only_columns(col(AuditTask.id), col(AuditTask.audit_id), col(AuditTask.item_id))
    ).all()
    own = _labeled_by(session, reviewer, col(AuditItem.audit_id).in_(list(audit_ids)))
    found: dict[int, dict[int, int]] = {}
    for task, audit, item in rows:
        if (audit, item) not in own:
            found.setdefault(audit, {}).setdefault(item, task)
    return {
        audit: OpenItems(first=next(iter(tasks.values())), items=len(tasks))
        for audit, tasks in found.items()
    }


def _open(audit_ids: Collection[int], reviewer: Reviewer) -> SelectOfScalar[AuditTask]:
    other = AuditTask.__table__.alias("other")  # type: ignore[attr-defined]
    his_other = (
        select(other.c.id)
        .where(other.c.audit_id == col(AuditTask.audit_id))
        .where(other.c.item_id == col(AuditTask.item_id))
        .where(other.c.turn != col(AuditTask.turn))
        .where(other.c.reviewer == reviewer.name)
        .exists()
    )
    return (
        select(AuditTask)
        .where(col(AuditTask.audit_id).in_(list(audit_ids)))
        .where(col(AuditTask.answered_at).is_(None))
        .where(or_(col(AuditTask.reviewer).is_(None), col(AuditTask.reviewer) == reviewer.name))
        .where(~his_other)
        .order_by(col(AuditTask.audit_id), col(AuditTask.place))
        .execution_options(**FRESH)
    )


def _once(turns: Iterable[Turn], seen: set[tuple[int, int]]) -> Iterator[Turn]:
    """Yield the first turn of each item; what was seen before counts."""
    for turn in turns:
        key = turn.audit_id, turn.item_id
        if key not in seen:
            seen.add(key)
            yield turn


def _not_his_own(session: Session, turns: list[Turn], reviewer: Reviewer) -> list[Turn]:
    items = [turn.item_id for turn in turns]
    own = _labeled_by(session, reviewer, col(AuditItem.item_id).in_(items)) if turns else set()
    return [turn for turn in turns if (turn.audit_id, turn.item_id) not in own]


def _labeled_by(
    session: Session, reviewer: Reviewer, among: ColumnElement[bool]
) -> set[tuple[int, int]]:
    """Return audit and item of those that a reviewer is known to have labeled."""
    if not reviewer.labeler_ids:
        return set()
    wanted = (
        select(AuditItem.audit_id, AuditItem.item_id, AuditItem.others, Audit.labeler_id)
        .where(col(Audit.id) == col(AuditItem.audit_id))
        .where(among)
    )
    return {
        (audit, item)
        for audit, item, others, who in session.exec(wanted)
        if {who, *(int(pair[0]) for pair in json.loads(others))} & reviewer.labeler_ids
    }


def answer(session: Session, turn: Turn, at: datetime, *, given_by: str) -> None:
    """Store what a reviewer said; `turn` is as it is to stand, but for the time."""
    row = session.get_one(AuditTask, turn.id)
    row.reviewer, row.label = turn.reviewer, turn.label
    row.seconds, row.answered_at = turn.seconds, at
    session.add(row)
    verdict = AuditVerdict(
        task_id=turn.id, reviewer=turn.reviewer or "", label=turn.label, seconds=turn.seconds,
        given_at=at, given_by=given_by,
    )  # fmt: skip
    session.add(verdict)
    session.flush()


def take_back(session: Session, turn: Turn, at: datetime) -> None:
    """Open a turn again; the verdict stays on record as withdrawn. It stays its reviewer's."""
    row = session.get_one(AuditTask, turn.id)
    row.label, row.seconds, row.answered_at = None, None, None
    session.add(row)
    standing = select(AuditVerdict).where(
        col(AuditVerdict.task_id) == turn.id, col(AuditVerdict.withdrawn_at).is_(None)
    )
    for verdict in session.exec(standing):
        verdict.withdrawn_at = at
        session.add(verdict)
    session.flush()


def last_answer(session: Session, audit_ids: Collection[int], reviewer: str) -> Turn | None:
    """Return the turn that a reviewer answered last, in some audits."""
    wanted = (
        select(AuditTask)
        .where(col(AuditTask.audit_id).in_(list(audit_ids)))
        .where(col(AuditTask.reviewer) == reviewer, col(AuditTask.answered_at).is_not(None))
        .order_by(col(AuditTask.answered_at).desc(), col(AuditTask.id).desc())
        .execution_options(**FRESH)
    )
    row = session.exec(wanted).first()
    return None if row is None else _turn(row)


def answered_by(session: Session, audit_ids: Collection[int], reviewer: str) -> Mapping[int, int]:
    """Return how many verdicts a reviewer gave in each of some audits."""
    wanted = (
        select(col(AuditTask.audit_id), func.count())
        .where(col(AuditTask.audit_id).in_(list(audit_ids)))
        .where(col(AuditTask.reviewer) == reviewer, col(AuditTask.answered_at).is_not(None))
        .group_by(col(AuditTask.audit_id))
    )
    return {int(audit): int(n) for audit, n in session.execute(wanted)}


def _turn(row: AuditTask) -> Turn:
    values: dict[str, Any] = {
        name: getattr(row, name) for name in Turn.__dataclass_fields__ if name != "id"
    }
    return Turn(id=known_id(row.id), **values)


def turn_of(session: Session, audit_id: int, item_id: int, reviewer: str) -> Turn | None:
    """Return the turn at an item that a reviewer has answered, if any."""
    wanted = (
        select(AuditTask)
        .where(col(AuditTask.audit_id) == audit_id, col(AuditTask.item_id) == item_id)
        .where(col(AuditTask.reviewer) == reviewer, col(AuditTask.answered_at).is_not(None))
        .execution_options(**FRESH)
    )
    row = session.exec(wanted).first()
    return None if row is None else _turn(row)
