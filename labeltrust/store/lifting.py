"""Whose labels lifted freezes give back: what is counted before one person lifts more."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, or_, select

from labeltrust.domain.freezes import HOLDS_LABELS, FreezeState
from labeltrust.store.tables import Delivery, Event, Freeze, Project


def lifted_labelers(session: Session, project_id: int, since: datetime) -> set[int]:
    """Return the labelers whose labels people gave back from a moment on and nobody holds now."""
    of_project = select(Freeze.labeler_id).where(
        col(Freeze.project_id) == project_id,
        col(Freeze.kind).in_(HOLDS_LABELS),
        col(Freeze.labeler_id).is_not(None),
    )
    lifted = of_project.where(
        col(Freeze.lifted_at) > since, col(Freeze.lifted_by).not_like("system:%")
    )
    held = set(session.exec(of_project.where(col(Freeze.lifted_at).is_(None))))
    return {number for number in session.exec(lifted) if number is not None} - held


def labelers_under(
    session: Session, project: Project, freezes: Iterable[FreezeState], most: int
) -> set[int]:
    """Return the labelers whose labels freezes hold; of sources and imports at most `most`."""
    found: set[int] = set()
    for freeze in freezes:
        if freeze.labeler_id is not None:
            found.add(freeze.labeler_id)
            continue
        wanted = select(Event.labeler_alias_id).where(
            col(Event.chain_id) == project.chain_id, col(Event.labeler_alias_id).is_not(None)
        )
        if freeze.source_id is not None:
            wanted = wanted.where(col(Event.source_id) == freeze.source_id)
        else:
            pieces = select(Delivery.id).where(
                or_(
                    col(Delivery.id) == freeze.delivery_id,
                    col(Delivery.import_id) == freeze.delivery_id,
                )
            )
            wanted = wanted.where(col(Event.delivery_id).in_(pieces))
        found |= {n for n in session.exec(wanted.distinct().limit(most)) if n is not None}
    return found
