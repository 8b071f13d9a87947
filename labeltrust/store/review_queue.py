"""The review queue across projects, and how the flags of each signal ended."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, case
from sqlmodel import Session, col, func, select

from labeltrust.domain.flags import SEVERITIES
from labeltrust.domain.listings import Listed, Listing
from labeltrust.store.flags import FlagRow, row_of, with_project
from labeltrust.store.inserting import known_id
from labeltrust.store.listing import Sought, holding, look_up
from labeltrust.store.tables import Flag, Freeze, LabelerAlias, Project

_SLICE = 500  # both databases take so many parameters in one statement
NOBODY = ""
"""In place of a person's name: flags that are assigned to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which flags are asked for; None leaves a part open.

    Attributes:
        projects: Names of the projects, or None for all.
        status: `open`, `confirmed` or `dismissed`.
        severity: `low`, `medium` or `high`.
        signal: Name of a signal that it rests on.
        assigned_to: Name of a person, or `NOBODY`.
        contested: Disputes only, or none of them.
    """

    projects: frozenset[str] | None = None
    status: str | None = "open"
    severity: str | None = None
    signal: str | None = None
    assigned_to: str | None = None
    contested: bool | None = None


# A name is looked up for the rows that are compared, never joined.
_LABELER = (
    select(LabelerAlias.outside_id)
    .where(col(LabelerAlias.id) == col(Flag.labeler_id))
    .scalar_subquery()
)
# Flags are numbered as they are opened; what is before the evidence in a row is read without it.
_ORDERS: Mapping[str, Any] = MappingProxyType(
    {
        "flag": col(Flag.id),
        "labeler": func.lower(_LABELER),
        "severity": case(
            {word: place for place, word in enumerate(SEVERITIES)}, value=col(Flag.severity)
        ),
        "since": col(Flag.since),
        "opened_at": col(Flag.id),
        "assigned_to": func.lower(col(Flag.assigned_to)),
    }
)


def find_flags(
    session: Session, scope: frozenset[str] | None, wanted: Wanted, asked: Listing
) -> Listed[FlagRow]:
    """Return flags of all projects.

    Args:
        session: An open read.
        scope: Names of the projects that the reader sees, or None for all.
        wanted: Which of them.
        asked: How they are sorted and cut; searches the labeler and the project. Who decides stands
            behind the evidence in a row, and has a choice of its own.
    """
    every = with_project()
    if scope is not None:
        every = every.where(col(Project.name).in_(sorted(scope)))
    narrowed = [*_conditions(wanted), *holding(asked.text, _LABELER, col(Project.name))]
    sought = Sought(every=every, narrowed=narrowed, number=col(Flag.id), orders=_ORDERS)
    found = look_up(session, sought, asked)
    return found.of([row_of(*row) for row in found.rows])


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    equal = {"status": wanted.status, "severity": wanted.severity, "contested": wanted.contested}
    out = [getattr(Flag, name) == value for name, value in equal.items() if value is not None]
    if wanted.projects is not None:
        out.append(col(Project.name).in_(sorted(wanted.projects)))
    if wanted.signal is not None:
        named = json.dumps(wanted.signal, ensure_ascii=False)
        out.append(col(Flag.signals).contains(named, autoescape=True))
    if wanted.assigned_to is not None:
        person = wanted.assigned_to or None
        out.append(col(Flag.assigned_to).is_not_distinct_from(person))
    return out


def resting_on(session: Session, flag_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Return the freezes that stand and rest on flags, by flag."""
    wanted, found = sorted(set(flag_ids)), dict[int, tuple[int, ...]]()
    for start in range(0, len(wanted), _SLICE):
        part = wanted[start : start + _SLICE]
        rows = select(Freeze.flag_id, Freeze.id).where(
            col(Freeze.flag_id).in_(part), col(Freeze.lifted_at).is_(None)
        )
        for flag, number in session.exec(rows.order_by(col(Freeze.id))):
            if flag is not None:
                found[flag] = (*found.get(flag, ()), known_id(number))
    return found


def ended(
    session: Session, project_ids: Collection[int]
) -> list[tuple[int, tuple[str, ...], str, int]]:
    """Return project, signals, status and number of the flags that share these three."""
    wanted = (
        select(Flag.project_id, Flag.signals, Flag.status, func.count())
        .where(col(Flag.project_id).in_(sorted(project_ids)))
        .group_by(col(Flag.project_id), col(Flag.signals), col(Flag.status))
    )
    return [
        (project, tuple(json.loads(signals)), status, n)
        for project, signals, status, n in session.exec(wanted)
    ]
