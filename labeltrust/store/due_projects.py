"""Which projects are to be looked at now, where there are more than one would read each minute."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, or_, select

from labeltrust.domain.clock import microseconds
from labeltrust.store.tables import Project, ProjectSlots, SourceProject, SourceSlot

FEW: Final = 50
"""So many projects, and fewer, are looked at each minute whatever they do."""
ROUND_MINUTES: Final = 10
"""Every project is looked at once in so many minutes."""
_LATELY: Final = timedelta(minutes=ROUND_MINUTES)
_SLOT_US: Final = 300_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Rows of projects and sources that are to be looked at in any case."""

    projects: frozenset[int]
    sources: frozenset[int]


def chain_ids(session: Session) -> Mapping[int, int]:
    """Return the chain of every project, by row ids."""
    return dict(session.exec(select(Project.id, Project.chain_id)).all())  # type: ignore[arg-type] # rows have ids


def due_projects(session: Session, now: datetime, named: Named) -> Sequence[Project]:
    """Return the projects to look at in this minute, by name.

    Args:
        session: An open read.
        now: The present moment.
        named: Those that people were told of.

    Of many: those whose sources sent or that were assessed in the last ten minutes, those that are
    named or whose source is, and a tenth of the others, so that all get their turn. Nothing is
    remembered: any worker may look, and the next one after a crash.
    """
    wanted = select(Project).order_by(col(Project.name))
    if len(session.exec(select(Project.id).limit(FEW + 1)).all()) <= FEW:
        return session.exec(wanted).all()
    minute = microseconds(now) // 60_000_000
    first_slot = microseconds(now - _LATELY) // _SLOT_US
    sending = select(SourceSlot.source_id).where(col(SourceSlot.slot) >= first_slot)
    assessed = select(ProjectSlots.project_id).where(col(ProjectSlots.made_at) >= now - _LATELY)
    of_sources = select(SourceProject.project_id).where(
        or_(
            col(SourceProject.source_id).in_(sending),
            col(SourceProject.source_id).in_(named.sources),
        )
    )
    number = col(Project.id)
    return session.exec(
        wanted.where(
            or_(
                number.in_(of_sources),
                number.in_(assessed),
                number.in_(named.projects),
                number % ROUND_MINUTES == minute % ROUND_MINUTES,
            )
        )
    ).all()
