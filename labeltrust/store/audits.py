"""Audits as rows; whoever changes one appends the event of the change in the same transaction."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, or_, select

from labeltrust.domain.audits import AuditPlan, AuditState, SampledItem, Stratum
from labeltrust.domain.errors import NotFound
from labeltrust.store.chains import FRESH
from labeltrust.store.inserting import known_id
from labeltrust.store.tables import Audit, AuditItem, AuditTask, Project


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """An audit with the project it belongs to and how far its work is.

    Attributes:
        items: Items of the sample.
        turns: Verdicts that are asked for.
        answered: Verdicts that were given.
    """

    project_id: int
    project: str
    state: AuditState
    items: int
    turns: int
    answered: int


def insert_audit(
    session: Session, project_id: int, state: AuditState, sample: Sequence[SampledItem]
) -> int:
    """Store a new audit with its sample and return its number; `state.id` is ignored."""
    row = Audit(
        project_id=project_id,
        question=state.question,
        labeler_id=state.labeler_id,
        flag_id=state.flag_id,
        status=state.status,
        plan=_json(asdict(state.plan)),
        strata=_json([asdict(s) for s in state.strata]),
        position=state.position,
        reason=state.reason,
        drawn_at=state.drawn_at,
        drawn_by=state.drawn_by,
    )
    session.add(row)
    session.flush()
    number = known_id(row.id)
    session.add_all(_item_row(number, item) for item in sample)
    session.flush()
    return number


def _item_row(audit: int, item: SampledItem) -> AuditItem:
    return AuditItem(
        audit_id=audit,
        item_id=item.item_id,
        place=item.place,
        stratum=item.stratum,
        probability=item.probability,
        label=item.label,
        others=_json([list(pair) for pair in item.others]),
    )


def set_status(session: Session, state: AuditState) -> None:
    """Store the status of an audit, who closed it, when and why."""
    row = session.get_one(Audit, state.id)
    row.status = state.status
    row.closed_at = state.closed_at
    row.closed_by = state.closed_by
    row.note = state.note
    session.add(row)
    session.flush()


def get_audit(session: Session, audit_id: int) -> AuditRow:
    """Return one audit.

    Raises:
        NotFound: No audit has this number.
    """
    wanted = select(Audit, Project).where(col(Project.id) == col(Audit.project_id))
    wanted = wanted.where(col(Audit.id) == audit_id).execution_options(**FRESH)
    found = session.exec(wanted).first()
    if found is None:
        detail = f"no audit {audit_id}"
        raise NotFound(detail)
    return rows_of(session, [found])[0]


def list_audits(  # noqa: PLR0913 - one keyword a filter
    session: Session,
    *,
    project_ids: Collection[int] | None = None,
    statuses: Collection[str] | None = None,
    labeler_id: int | None = None,
    flag_id: int | None = None,
    before: int | None = None,
    limit: int | None = None,
) -> list[AuditRow]:
    """Return audits, newest first, with their progress; three queries however many they are."""
    wanted = select(Audit, Project).where(col(Project.id) == col(Audit.project_id))
    if project_ids is not None:
        wanted = wanted.where(col(Audit.project_id).in_(list(project_ids)))
    if statuses is not None:
        wanted = wanted.where(col(Audit.status).in_(list(statuses)))
    if labeler_id is not None:
        wanted = wanted.where(col(Audit.labeler_id) == labeler_id)
    if flag_id is not None:
        wanted = wanted.where(col(Audit.flag_id) == flag_id)
    if before is not None:
        wanted = wanted.where(col(Audit.id) < before)
    wanted = wanted.order_by(col(Audit.id).desc()).limit(limit).execution_options(**FRESH)
    return rows_of(session, list(session.exec(wanted)))


def audits_about(
    session: Session,
    project_id: int,
    about: tuple[Collection[int], Collection[int]],
    statuses: Collection[str],
) -> list[AuditState]:
    """Return audits of a project that are about some labelers or were asked for some flags.

    Args:
        session: An open read.
        project_id: Whose.
        about: Ids of the labelers, and numbers of the flags.
        statuses: Only those with one of these.
    """
    labelers, flags = about
    wanted = select(Audit).where(
        col(Audit.project_id) == project_id,
        col(Audit.status).in_(list(statuses)),
        or_(col(Audit.labeler_id).in_(list(labelers)), col(Audit.flag_id).in_(list(flags))),
    )
    return [_state(row) for row in session.exec(wanted.order_by(col(Audit.id)))]


def rows_of(session: Session, found: Sequence[tuple[Audit, Project]]) -> list[AuditRow]:
    """Return audits as they stand on record, with their progress; by one query."""
    numbers = [known_id(audit.id) for audit, _ in found]
    work = (
        select(
            col(AuditTask.audit_id),
            func.count(),
            func.count(col(AuditTask.answered_at)),
            func.count(func.distinct(col(AuditTask.item_id))),
        )
        .where(col(AuditTask.audit_id).in_(numbers))
        .group_by(col(AuditTask.audit_id))
    )
    counts = {number: rest for number, *rest in session.execute(work)} if numbers else {}
    rows = []
    for audit, project in found:
        turns, answered, items = counts.get(known_id(audit.id), (0, 0, 0))
        rows.append(
            AuditRow(
                project_id=audit.project_id, project=project.name, state=_state(audit),
                items=items, turns=turns, answered=answered,
            )
        )  # fmt: skip
    return rows


def sample_of(session: Session, audit_id: int) -> list[SampledItem]:
    """Return the items of an audit in their order."""
    wanted = select(AuditItem).where(col(AuditItem.audit_id) == audit_id)
    return [
        SampledItem(
            item_id=row.item_id,
            place=row.place,
            stratum=row.stratum,
            probability=row.probability,
            label=row.label,
            others=tuple((int(who), str(said)) for who, said in json.loads(row.others)),
        )
        for row in session.exec(wanted.order_by(col(AuditItem.place)))
    ]


def _state(row: Audit) -> AuditState:
    plan: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in json.loads(row.plan).items()
    }
    return AuditState(
        id=known_id(row.id),
        question=row.question,
        labeler_id=row.labeler_id,
        flag_id=row.flag_id,
        status=row.status,
        plan=AuditPlan(**plan),
        strata=tuple(Stratum(**stratum) for stratum in json.loads(row.strata)),
        position=row.position,
        reason=row.reason,
        drawn_at=row.drawn_at,
        drawn_by=row.drawn_by,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        note=row.note,
    )


def closed(state: AuditState, status: str, *, by: str, at: datetime, note: str) -> AuditState:
    """Return an audit with a new status and who gave it; one under way again is not closed."""
    if status == "under_way":
        return replace(state, status=status, closed_at=None, closed_by=None, note=note)
    return replace(state, status=status, closed_at=at, closed_by=by, note=note)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
