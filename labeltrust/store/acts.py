"""Acts of people and of the machine out of the history; labels are never among them."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from labeltrust.store.tables import Event, Project


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRow:
    """One act on record.

    Attributes:
        type: What was done, past tense.
        actor: By whom.
        received_us: When, microseconds since 1970.
        project: Name of the project, or None for an act of the whole installation.
        labeler_id: Opaque id of the labeler that it is about, or None.
        detail: What the event tells.
    """

    type: str
    actor: str
    received_us: int
    project: str | None
    labeler_id: int | None
    detail: Mapping[str, Any]


def acts_since(
    session: Session,
    received_us: int,
    types: Collection[str],
    *,
    projects: frozenset[str] | None,
    limit: int,
) -> list[ActRow]:
    """Return acts after a moment, the newest first, by the index over acts alone.

    Args:
        session: An open read.
        received_us: Only acts after this moment.
        types: Only these.
        projects: Names of the projects in scope, or None for all; acts of the whole installation
            are told to those who see all.
        limit: At most so many.
    """
    wanted = (
        select(Event, Project.name)
        .join(Project, col(Project.chain_id) == col(Event.chain_id), isouter=True)
        .where(col(Event.event_id).is_(None), col(Event.received_us) > received_us)
        .where(col(Event.type).in_(sorted(types)))
        .order_by(col(Event.received_us).desc(), col(Event.sequence).desc())
    )
    if projects is not None:
        wanted = wanted.where(col(Project.name).in_(sorted(projects)))
    return [_row(*found) for found in session.exec(wanted.limit(limit))]


def _row(event: Event, project: str | None) -> ActRow:
    return ActRow(
        type=event.type,
        actor=event.actor or "",
        received_us=event.received_us,
        project=project,
        labeler_id=event.labeler_alias_id,
        detail=json.loads(event.detail),
    )
