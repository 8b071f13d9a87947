"""Freezes of all projects: found by what stands, waits or was lifted, and how many there are."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from labeltrust.domain.listings import Listed, Listing
from labeltrust.store.freezes import FreezeRow, row_of, with_project
from labeltrust.store.listing import Sought, holding, look_up
from labeltrust.store.tables import Freeze, LabelerAlias, Project, Source

_STANDS = col(Freeze.lifted_at).is_(None)
_PROVISIONAL = col(Freeze.kind) == "provisional"
_SHOWN: Mapping[str, ColumnElement[bool]] = MappingProxyType(
    {
        "active": _STANDS & ~_PROVISIONAL,
        "waiting": _STANDS & _PROVISIONAL,
        "lifted": col(Freeze.lifted_at).is_not(None),
    }
)
# A name is looked up for the rows that are compared, never joined: a freeze has one scope.
_LABELER = (
    select(LabelerAlias.outside_id)
    .where(col(LabelerAlias.id) == col(Freeze.labeler_id))
    .scalar_subquery()
)
_SOURCE = select(Source.name).where(col(Source.id) == col(Freeze.source_id)).scalar_subquery()
_ORDERS = MappingProxyType(
    {
        "id": col(Freeze.id),
        "project": func.lower(Project.name),
        "labeler": func.lower(func.coalesce(_LABELER, _SOURCE)),
        "since": col(Freeze.since),
        "placed_at": col(Freeze.placed_at),
        "lifted_at": col(Freeze.lifted_at),
    }
)


def find_freezes(
    session: Session, projects: frozenset[str] | None, wanted: Listing
) -> Listed[FreezeRow]:
    """Return freezes of all projects.

    Args:
        session: An open read.
        projects: Names of the projects in scope, or None for all.
        wanted: Filters `shown` (`active`, `waiting`: provisional ones that stand, `lifted`) and
            `project`; searches whose labels are held, the reason, and who placed it.
    """
    every = with_project()
    if projects is not None:
        every = every.where(col(Project.name).in_(sorted(projects)))
    words = (_LABELER, _SOURCE, col(Freeze.reason), col(Freeze.placed_by))
    narrowed = holding(wanted.text, *words)
    if wanted.chosen.get("shown") in _SHOWN:
        narrowed.append(_SHOWN[wanted.chosen["shown"]])
    if wanted.chosen.get("project"):
        narrowed.append(col(Project.name) == wanted.chosen["project"])
    sought = Sought(every=every, narrowed=narrowed, number=col(Freeze.id), orders=_ORDERS)
    found = look_up(session, sought, wanted)
    return found.of([row_of(*pair) for pair in found.rows])


def freeze_counts(session: Session, projects: frozenset[str] | None) -> tuple[int, int, int]:
    """Return how many freezes are active, wait for a second person, and were lifted."""
    stands, provisional = col(Freeze.lifted_at).is_(None), col(Freeze.kind) == "provisional"
    wanted = select(stands, provisional, func.count()).group_by(stands, provisional)
    if projects is not None:
        wanted = wanted.join(Project, col(Project.id) == col(Freeze.project_id))
        wanted = wanted.where(col(Project.name).in_(projects))
    active = waiting = lifted = 0
    for standing, held, n in session.exec(wanted):
        if not standing:
            lifted += n
        elif held:
            waiting += n
        else:
            active += n
    return active, waiting, lifted
