"""What dashboards list: the newest of incidents, of what is held, and of the chain."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement
from sqlalchemy import select as plain_select
from sqlmodel import Session, col, func, select

from labeltrust.domain.clock import moment
from labeltrust.store.inserting import known_id
from labeltrust.store.tables import (
    AssessedLabeler,
    Delivery,
    Event,
    Incident,
    IncidentMember,
    ItemAlias,
    LabelerAlias,
    Quarantine,
    Source,
    SourceProject,
)

_LABEL: Final = "label.submitted"
_LOOKED: Final = 50_000
"""Records looked through for labels: a file of gold behind them must not cost a walk of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentBrief:
    """An incident with the numbers of its flags, and of labelers and sources it names itself."""

    id: int
    title: str
    status: str
    severity: str
    opened_at: datetime
    contained_at: datetime | None
    flags: tuple[int, ...]
    labelers: tuple[int, ...]
    sources: tuple[int, ...]


def newest_incidents(
    session: Session, project_id: int, most: int, since: datetime | None = None
) -> list[IncidentBrief]:
    """Return the newest incidents of a project with their members, by two queries.

    Args:
        session: An open read.
        project_id: Whose.
        most: No more than these.
        since: Only those opened from then on.
    """
    wanted = select(Incident).where(col(Incident.project_id) == project_id)
    if since is not None:
        wanted = wanted.where(col(Incident.opened_at) >= since)
    rows = session.exec(wanted.order_by(col(Incident.id).desc()).limit(most)).all()
    mine = col(IncidentMember.incident_id).in_([row.id for row in rows])
    members = session.exec(select(IncidentMember).where(mine)).all()
    return [
        IncidentBrief(
            id=known_id(row.id),
            title=row.title,
            status=row.status,
            severity=row.severity,
            opened_at=row.opened_at,
            contained_at=row.contained_at,
            flags=tuple(m.flag_id for m in members if m.incident_id == row.id and m.flag_id),
            labelers=tuple(
                m.labeler_id for m in members if m.incident_id == row.id and m.labeler_id
            ),
            sources=tuple(m.source_id for m in members if m.incident_id == row.id and m.source_id),
        )
        for row in rows
    ]


def suspect_labels(
    session: Session, project_id: int, labeler_ids: Collection[int]
) -> dict[int, int]:
    """Return current labels of some labelers, of all questions of the newest assessment."""
    wanted = (
        select(AssessedLabeler.labeler_id, func.sum(AssessedLabeler.labels))
        .where(col(AssessedLabeler.project_id) == project_id)
        .where(col(AssessedLabeler.labeler_id).in_(sorted(labeler_ids)))
        .group_by(col(AssessedLabeler.labeler_id))
    )
    return {number: int(n) for number, n in session.exec(wanted)}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBrief:
    """Something that could not be read: its number, when and whence it came, why."""

    id: int
    source: str
    code: str
    detail: str
    created_at: datetime


def newest_held(session: Session, project_id: int, most: int) -> list[HeldBrief]:
    """Return the newest that the quarantine holds of the sources of a project."""
    wanted = (
        select(Quarantine, Source.name)
        .join(Delivery, col(Delivery.id) == col(Quarantine.delivery_id))
        .join(Source, col(Source.id) == col(Delivery.source_id))
        .join(SourceProject, col(SourceProject.source_id) == col(Source.id))
        .where(col(SourceProject.project_id) == project_id, col(Quarantine.status) == "open")
        .order_by(col(Quarantine.id).desc())
        .limit(most)
    )
    return [
        HeldBrief(
            id=known_id(row.id),
            source=name,
            code=row.code,
            detail=row.detail,
            created_at=row.created_at,
        )
        for row, name in session.exec(wanted)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One of the newest labels; names that were erased are None."""

    sequence: int
    item: str | None
    labeler: str | None
    label: str | None
    source: str | None
    received_at: datetime


def newest_arrivals(session: Session, chain_id: int, most: int) -> list[Arrival]:
    """Return the newest labels of a chain, newest first; not beyond `_LOOKED` records back."""
    newest = select(func.max(Event.sequence)).where(col(Event.chain_id) == chain_id)
    since = (session.exec(newest).one() or 0) - _LOOKED
    only = (col(Event.type) == _LABEL, col(Event.sequence) > since)
    return [
        Arrival(
            sequence=one.sequence,
            item=one.item,
            labeler=one.labeler,
            label=one.label,
            source=one.source,
            received_at=one.received_at,
        )
        for one in stream(session, chain_id, None, most, only)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamEvent:
    """One record of a chain as a stream shows it; names that were erased are None."""

    sequence: int
    type: str
    received_at: datetime
    source: str | None
    actor: str | None
    item: str | None
    labeler: str | None
    label: str | None
    event_id: str | None


def stream(
    session: Session,
    chain_id: int,
    before: int | None,
    most: int,
    only: Sequence[ColumnElement[bool]] = (),
) -> list[StreamEvent]:
    """Return records of a chain, newest first, at the cost of those shown.

    Args:
        session: An open read.
        chain_id: The chain.
        before: Records before this sequence; None for the newest.
        most: No more than these.
        only: Conditions besides.
    """
    columns = (
        Event.sequence, Event.type, Event.received_us, Source.name, Event.actor,
        ItemAlias.outside_id, LabelerAlias.outside_id, Event.label, Event.event_id,
    )  # fmt: skip
    wanted = (
        plain_select(*map(col, columns))
        .join(Source, col(Source.id) == col(Event.source_id), isouter=True)
        .join(ItemAlias, col(ItemAlias.id) == col(Event.item_alias_id), isouter=True)
        .join(LabelerAlias, col(LabelerAlias.id) == col(Event.labeler_alias_id), isouter=True)
        .where(col(Event.chain_id) == chain_id, *only)
        .order_by(col(Event.sequence).desc())
        .limit(most)
    )
    if before is not None:
        wanted = wanted.where(col(Event.sequence) < before)
    return [
        StreamEvent(
            sequence=sequence,
            type=kind,
            received_at=moment(received),
            source=source,
            actor=actor,
            item=item,
            labeler=labeler,
            label=label if kind == _LABEL else None,
            event_id=event_id,
        )
        for sequence, kind, received, source, actor, item, labeler, label, event_id
        in session.execute(wanted)
    ]  # fmt: skip
