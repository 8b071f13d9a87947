"""What happened in a project within periods, counted by the database, a question a table."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, case, true
from sqlalchemy import select as plain_select
from sqlmodel import Session, col, func, select

from labeltrust.policy.reports import Period, Turned
from labeltrust.store.tables import Audit, AuditTask, Flag, Freeze, GateChange, Incident

_Counted = Mapping[str, tuple[Any, ColumnElement[bool]]]
_COUNTED: Mapping[Any, _Counted] = MappingProxyType(
    {
        Flag: {
            "flags_opened": (col(Flag.opened_at), true()),
            "flags_confirmed": (col(Flag.decided_at), col(Flag.status) == "confirmed"),
            "flags_dismissed": (col(Flag.decided_at), col(Flag.status) == "dismissed"),
        },
        Freeze: {
            "freezes_placed": (col(Freeze.placed_at), true()),
            "freezes_lifted": (col(Freeze.lifted_at), true()),
        },
        Audit: {
            "audits_done": (col(Audit.closed_at), col(Audit.status) == "done"),
            "audits_cancelled": (col(Audit.closed_at), col(Audit.status) == "cancelled"),
        },
        Incident: {
            "incidents_opened": (col(Incident.opened_at), true()),
            "incidents_closed": (col(Incident.closed_at), true()),
        },
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What happened within a period; verdicts on flags are those that stand now."""

    flags_opened: int
    flags_confirmed: int
    flags_dismissed: int
    freezes_placed: int
    freezes_lifted: int
    audits_done: int
    audits_cancelled: int
    incidents_opened: int
    incidents_closed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Verdicts that reviewers gave in audits, how many of them were timed, and for how long."""

    verdicts: int
    timed: int
    seconds: float


def happened(session: Session, project_id: int, asked: Sequence[Period]) -> list[Happened]:
    """Return what happened in a project within each period."""
    found: list[dict[str, int]] = [{} for _ in asked]
    for table, columns in _COUNTED.items():
        counts = [
            func.count(case((_within(moment, period) & also, 1)))
            for period in asked
            for moment, also in columns.values()
        ]
        row = session.execute(plain_select(*counts).where(table.project_id == project_id)).one()
        for place, one in enumerate(found):
            mine = row[place * len(columns) : (place + 1) * len(columns)]
            one.update(zip(columns, mine, strict=True))
    return [Happened(**one) for one in found]


def work(session: Session, project_id: int, asked: Sequence[Period]) -> list[Work]:
    """Return what reviewers did in the audits of a project within each period."""
    columns = []
    for period in asked:
        mine = _within(col(AuditTask.answered_at), period)
        columns += [
            func.count(case((mine, 1))),
            func.count(case((mine, col(AuditTask.seconds)))),
            func.coalesce(func.sum(case((mine, col(AuditTask.seconds)))), 0.0),
        ]
    wanted = plain_select(*columns).join(Audit, col(Audit.id) == col(AuditTask.audit_id))
    row = session.execute(wanted.where(col(Audit.project_id) == project_id)).one()
    return [
        Work(verdicts=row[at], timed=row[at + 1], seconds=float(row[at + 2]))
        for at in range(0, len(row), 3)
    ]


def turns_within(session: Session, project_id: int, period: Period) -> list[Turned]:
    """Return the turns of a gate within a period, and the last one before it, oldest first."""
    mine = col(GateChange.project_id) == project_id
    last = select(func.max(GateChange.id)).where(mine, col(GateChange.at) < period.start)
    wanted = select(GateChange).where(
        mine,
        col(GateChange.id) >= func.coalesce(last.scalar_subquery(), 0),
        col(GateChange.at) < period.end,
    )
    return [
        Turned(at=row.at, open=row.open, codes=tuple(code for code, _ in json.loads(row.reasons)))
        for row in session.exec(wanted.order_by(col(GateChange.id)))
    ]


def _within(moment: Any, period: Period) -> ColumnElement[bool]:  # noqa: ANN401 - a column
    found: ColumnElement[bool] = (moment >= period.start) & (moment < period.end)
    return found
