"""Audits of all projects as a table asks for them, each as much as its reader may know."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, true
from sqlmodel import Session, col, exists, func, or_, select

from labeltrust.domain.audits import STATUSES
from labeltrust.domain.listings import Listed, Listing
from labeltrust.store.audits import AuditRow, rows_of
from labeltrust.store.listing import Sought, holding, look_up
from labeltrust.store.tables import Audit, AuditTask, LabelerAlias, Project

_CLOSED = ("done", "cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReader:
    """Who reads: by which name they re-label, and whether they may see whom an open audit is of."""

    name: str
    assesses: bool


def find_audits(
    session: Session, projects: frozenset[str] | None, wanted: Listing, reader: AuditReader
) -> Listed[AuditRow]:
    """Return audits of all projects; whom one is about is looked for only where it may be seen.

    Args:
        session: An open read.
        projects: Names of the projects in scope, or None for all.
        wanted: Filters `status` and `project`; searches whose labels are audited, and who drew it.
        reader: Who reads.
    """
    every = select(Audit, Project).where(col(Project.id) == col(Audit.project_id))
    if projects is not None:
        every = every.where(col(Project.name).in_(sorted(projects)))
    equal = {"status": col(Audit.status), "project": col(Project.name)}
    chosen = [equal[name] == value for name, value in wanted.chosen.items() if value]
    labeler = _labeler(reader)
    sought = Sought(
        every=every,
        narrowed=[*chosen, *holding(wanted.text, labeler, col(Audit.drawn_by))],
        number=col(Audit.id),
        orders=_orders(labeler),
    )
    found = look_up(session, sought, wanted)
    return found.of(rows_of(session, found.rows))


def _labeler(reader: AuditReader) -> ColumnElement[Any]:
    """The labeler's name where the reader may know it; never says more than `sees_all`.

    A plan that holds the reader's name in any place is taken for one that names a reviewer.
    """
    name = select(LabelerAlias.outside_id).where(col(LabelerAlias.id) == col(Audit.labeler_id))
    mine = exists().where(
        col(AuditTask.audit_id) == col(Audit.id),
        col(AuditTask.reviewer) == reader.name,
        col(AuditTask.answered_at).is_not(None),
    )
    named = json.dumps(reader.name, ensure_ascii=False)
    reviews = or_(col(Audit.plan).contains(named, autoescape=True), mine)
    open_to = ~reviews if reader.assesses else ~true()
    return case((or_(col(Audit.status).in_(_CLOSED), open_to), name.scalar_subquery()))


def _orders(labeler: ColumnElement[Any]) -> Mapping[str, Any]:
    tasks = col(AuditTask.audit_id) == col(Audit.id)
    items = select(func.count(func.distinct(col(AuditTask.item_id)))).where(tasks)
    answered = select(func.count(col(AuditTask.answered_at))).where(tasks)
    places = {word: place for place, word in enumerate(STATUSES)}
    return {
        "id": col(Audit.id),
        "project": func.lower(Project.name),
        "labeler": func.lower(labeler),
        "status": case(places, value=col(Audit.status)),
        "answered": answered.scalar_subquery(),
        "items": items.scalar_subquery(),
        "drawn_at": col(Audit.drawn_at),
    }
