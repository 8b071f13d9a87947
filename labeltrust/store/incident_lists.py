"""Incidents of all projects as a table asks for them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, case
from sqlmodel import Session, col, func

from labeltrust.domain.incidents import SEVERITIES, STATUSES
from labeltrust.domain.listings import Listed, Listing
from labeltrust.store.incidents import IncidentRow, row_of, with_project
from labeltrust.store.listing import Sought, holding, look_up
from labeltrust.store.tables import Incident, Project


def _rank(column: Any, words: tuple[str, ...]) -> ColumnElement[Any]:  # noqa: ANN401 - a column
    """The place of a word among those that there are, which its letters do not tell."""
    return case({word: place for place, word in enumerate(words)}, value=column)


_ORDERS: Mapping[str, Any] = MappingProxyType(
    {
        "id": col(Incident.id),
        "project": func.lower(Project.name),
        "title": func.lower(Incident.title),
        "severity": _rank(col(Incident.severity), SEVERITIES),
        "status": _rank(col(Incident.status), STATUSES),
        "owner": func.lower(func.nullif(Incident.owner, "")),
        "opened_at": col(Incident.opened_at),
    }
)


def find_incidents(
    session: Session, projects: frozenset[str] | None, wanted: Listing
) -> Listed[IncidentRow]:
    """Return incidents of all projects.

    Args:
        session: An open read.
        projects: Names of the projects in scope, or None for all.
        wanted: Filters `status`, `severity` and `project`; searches title and owner.
    """
    every = with_project()
    if projects is not None:
        every = every.where(col(Project.name).in_(sorted(projects)))
    equal = {
        "status": col(Incident.status),
        "severity": col(Incident.severity),
        "project": col(Project.name),
    }
    chosen = [equal[name] == value for name, value in wanted.chosen.items() if value]
    narrowed = [*chosen, *holding(wanted.text, col(Incident.title), col(Incident.owner))]
    sought = Sought(every=every, narrowed=narrowed, number=col(Incident.id), orders=_ORDERS)
    found = look_up(session, sought, wanted)
    return found.of([row_of(*pair) for pair in found.rows])
