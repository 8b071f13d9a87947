"""What reviewers said in audits that are closed: their answers, in three queries."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from labeltrust.store.tables import Audit, AuditItem, AuditTask


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A reviewer's answer that stands.

    Attributes:
        audit: Number of the audit.
        project_id: Whose.
        question: Name of the question.
        item_id: The item.
        kind: What labelers said of it when the sample was drawn, one of `domain.audits.KINDS`.
        reviewer: Who answered.
        label: The canonical label; who could not tell gave none.
        at: When.
    """

    audit: int
    project_id: int
    question: str
    item_id: int
    kind: str
    reviewer: str
    label: str
    at: datetime


def answers_of(session: Session, project_ids: Collection[int], since: datetime) -> list[Answer]:
    """Return the answers of audits that were closed since a moment, those of before it as well."""
    closed = (
        select(Audit.id, Audit.project_id, Audit.question, Audit.strata)
        .where(col(Audit.project_id).in_(list(project_ids)))
        .where(col(Audit.status) == "done", col(Audit.closed_at) >= since)
    )
    audits = {
        number: (project, question, [str(part["kind"]) for part in json.loads(strata)])
        for number, project, question, strata in session.exec(closed)
        if number is not None
    }
    wanted = (
        select(AuditTask, AuditItem.stratum)
        .join(
            AuditItem,
            (col(AuditItem.audit_id) == col(AuditTask.audit_id))
            & (col(AuditItem.item_id) == col(AuditTask.item_id)),
        )
        .where(col(AuditTask.audit_id).in_(list(audits)))
        .where(col(AuditTask.label).is_not(None), col(AuditTask.reviewer).is_not(None))
        .order_by(col(AuditTask.id))
    )
    rows = session.exec(wanted) if audits else ()
    return [_answer(task, stratum, audits[task.audit_id]) for task, stratum in rows]


def _answer(task: AuditTask, stratum: int, audit: tuple[int, str, list[str]]) -> Answer:
    project_id, question, kinds = audit
    if task.reviewer is None or task.label is None or task.answered_at is None:
        detail = f"task {task.id} has no answer"  # the query asks for those that have one
        raise ValueError(detail)
    return Answer(
        audit=task.audit_id, project_id=project_id, question=question, item_id=task.item_id,
        kind=kinds[stratum], reviewer=task.reviewer, label=task.label, at=task.answered_at,
    )  # fmt: skip
