"""Notices and appeals as rows; whoever writes one appends its event in the same transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlmodel import Session, col, func, select

from labeltrust.domain.appeals import Notice
from labeltrust.domain.errors import NotFound
from labeltrust.domain.listings import Listed, Listing
from labeltrust.store import tables
from labeltrust.store.chains import FRESH
from labeltrust.store.inserting import known_id
from labeltrust.store.listing import Sought, holding, look_up


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealRow:
    """An appeal with the freeze that it is against.

    Attributes:
        id: Number of the appeal.
        project: Name of the project.
        freeze: Number of the freeze.
        flag: Number of the flag behind it, or None.
        labeler_id: Opaque id of the labeler, or None where the freeze is of another scope.
        placed_by: Who placed the freeze.
    """

    id: int
    project: str
    freeze: int
    flag: int | None
    labeler_id: int | None
    placed_by: str
    reason: str
    opened_at: datetime
    opened_by: str
    due_at: datetime
    outcome: str | None
    decided_at: datetime | None
    decided_by: str | None
    decision: str | None


def add_notice(
    session: Session, freeze_id: int, *, sent_by: str, at: datetime, sent_to: str, salt: bytes
) -> int:
    """Store a notice and return its number."""
    row = tables.Notice(
        freeze_id=freeze_id, sent_at=at, sent_by=sent_by, sent_to=sent_to, salt=salt
    )
    session.add(row)
    session.flush()
    return known_id(row.id)


def notices_of(session: Session, freeze_ids: Collection[int]) -> list[Notice]:
    """Return the notices of freezes, oldest first."""
    wanted = select(tables.Notice).where(col(tables.Notice.freeze_id).in_(sorted(freeze_ids)))
    return [
        Notice(
            id=known_id(row.id),
            freeze=row.freeze_id,
            sent_at=row.sent_at,
            sent_by=row.sent_by,
            sent_to=row.sent_to,
        )
        for row in session.exec(wanted.order_by(col(tables.Notice.id)))
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAppeal:
    """An appeal that is about to be stored."""

    project_id: int
    freeze_id: int
    reason: str
    salt: bytes
    opened_at: datetime
    opened_by: str
    due_at: datetime


def add_appeal(session: Session, new: NewAppeal) -> int:
    """Store an appeal and return its number."""
    row = tables.Appeal(
        project_id=new.project_id,
        freeze_id=new.freeze_id,
        reason=new.reason,
        salt=new.salt,
        opened_at=new.opened_at,
        opened_by=new.opened_by,
        due_at=new.due_at,
    )
    session.add(row)
    session.flush()
    return known_id(row.id)


def close_appeal(
    session: Session, appeal_id: int, outcome: str, *, actor: str, decision: str, at: datetime
) -> None:
    """Store how an appeal ended."""
    wanted = select(tables.Appeal).where(col(tables.Appeal.id) == appeal_id)
    row = session.exec(wanted.execution_options(**FRESH)).one()
    row.outcome = outcome
    row.decided_at = at
    row.decided_by = actor
    row.decision = decision
    session.add(row)
    session.flush()


def get_appeal(session: Session, appeal_id: int) -> AppealRow:
    """Return one appeal.

    Raises:
        NotFound: No appeal has this number.
    """
    found = list_appeals(session, appeal=appeal_id)
    if not found:
        detail = f"no appeal {appeal_id}"
        raise NotFound(detail)
    return found[0]


def list_appeals(
    session: Session,
    *,
    appeal: int | None = None,
    projects: frozenset[str] | None = None,
    freezes: Collection[int] | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[AppealRow]:
    """Return appeals, oldest first.

    Args:
        session: An open read.
        appeal: Only the one of this number.
        projects: Only those of these projects; None means all.
        freezes: Only those against these freezes; None means all.
        after: Only appeals with a greater number (the cursor of a page).
        limit: At most so many.
    """
    wanted = _with_freeze().where(col(tables.Appeal.id) > after)
    if appeal is not None:
        wanted = wanted.where(col(tables.Appeal.id) == appeal)
    if projects is not None:
        wanted = wanted.where(col(tables.Project.name).in_(sorted(projects)))
    if freezes is not None:
        wanted = wanted.where(col(tables.Appeal.freeze_id).in_(sorted(freezes)))
    wanted = wanted.order_by(col(tables.Appeal.id)).limit(limit)
    return [_row(*found) for found in session.exec(wanted)]


def _with_freeze() -> Any:  # noqa: ANN401 - a query of three tables
    return (
        select(tables.Appeal, tables.Freeze, tables.Project.name)
        .where(col(tables.Freeze.id) == col(tables.Appeal.freeze_id))
        .where(col(tables.Project.id) == col(tables.Appeal.project_id))
        .execution_options(**FRESH)
    )


# A name is looked up for the rows that are compared, never joined.
_LABELER = (
    select(tables.LabelerAlias.outside_id)
    .where(col(tables.LabelerAlias.id) == col(tables.Freeze.labeler_id))
    .scalar_subquery()
)
_STATUS = func.coalesce(col(tables.Appeal.outcome), "open")
_ORDERS: Mapping[str, Any] = MappingProxyType(
    {
        "appeal": col(tables.Appeal.id),
        "labeler": func.lower(_LABELER),
        "freeze": col(tables.Appeal.freeze_id),
        "status": _STATUS,
        "opened_at": col(tables.Appeal.opened_at),
        "due_at": col(tables.Appeal.due_at),
        "decided_by": func.lower(col(tables.Appeal.decided_by)),
    }
)


def find_appeals(
    session: Session, projects: frozenset[str] | None, wanted: Listing
) -> Listed[AppealRow]:
    """Return appeals of all projects.

    Args:
        session: An open read.
        projects: Names of the projects in scope, or None for all.
        wanted: Filters `status` (`open`, or how it ended) and `project`; searches the labeler, who
            recorded it and who decided.
    """
    every = _with_freeze()
    if projects is not None:
        every = every.where(col(tables.Project.name).in_(sorted(projects)))
    words = (_LABELER, col(tables.Appeal.opened_by), col(tables.Appeal.decided_by))
    equal = {"status": _STATUS, "project": col(tables.Project.name)}
    chosen = [equal[name] == value for name, value in wanted.chosen.items() if value]
    narrowed = [*chosen, *holding(wanted.text, *words)]
    sought = Sought(every=every, narrowed=narrowed, number=col(tables.Appeal.id), orders=_ORDERS)
    found = look_up(session, sought, wanted)
    return found.of([_row(*row) for row in found.rows])


def outcomes(session: Session, projects: frozenset[str] | None) -> dict[str, int]:
    """Return how many appeals of projects (None: of all) ended how; open ones are left out."""
    wanted = (
        select(tables.Appeal.outcome, func.count())
        .where(col(tables.Appeal.project_id) == col(tables.Project.id))
        .where(col(tables.Appeal.outcome).is_not(None))
        .group_by(col(tables.Appeal.outcome))
    )
    if projects is not None:
        wanted = wanted.where(col(tables.Project.name).in_(sorted(projects)))
    return {str(outcome): n for outcome, n in session.exec(wanted)}


def _row(appeal: tables.Appeal, freeze: tables.Freeze, project: str) -> AppealRow:
    return AppealRow(
        id=known_id(appeal.id),
        project=project,
        freeze=appeal.freeze_id,
        flag=freeze.flag_id,
        labeler_id=freeze.labeler_id,
        placed_by=freeze.placed_by,
        reason=appeal.reason,
        opened_at=appeal.opened_at,
        opened_by=appeal.opened_by,
        due_at=appeal.due_at,
        outcome=appeal.outcome,
        decided_at=appeal.decided_at,
        decided_by=appeal.decided_by,
        decision=appeal.decision,
    )
