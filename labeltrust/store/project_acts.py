"""Acts of a chain, read back: decisions of people and of the machine, without the labels."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select as plain_select
from sqlmodel import Session, col

from labeltrust.domain.clock import microseconds, moment
from labeltrust.store.tables import Event, Project


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAct:
    """One act as history has it.

    Attributes:
        sequence: Its place in the chain.
        type: What was done, such as `freeze.placed`.
        actor: By whom.
        detail: What its event says; names of labelers are not among it.
    """

    sequence: int
    type: str
    actor: str
    at: datetime
    labeler_id: int | None
    source_id: int | None
    detail: Mapping[str, Any]


def acts_between(
    session: Session,
    project: Project,
    types: Sequence[str],
    window: tuple[datetime, datetime],
    *,
    limit: int,
) -> list[RecordedAct]:
    """Return acts of some types within a time, newest first.

    Args:
        session: An open read.
        project: Whose chain.
        types: Which acts.
        window: From the first moment to the last one, both included.
        limit: At most so many.
    """
    start, end = (microseconds(at) for at in window)
    columns = (
        Event.sequence, Event.type, Event.actor, Event.received_us, Event.labeler_alias_id,
        Event.source_id, Event.detail,
    )  # fmt: skip
    wanted = plain_select(*map(col, columns)).where(
        # These words choose the index of acts; by its key SQLite would walk through all labels.
        col(Event.event_id).is_(None),
        (col(Event.chain_id) + 0) == project.chain_id,
        col(Event.type).in_(types),
        col(Event.received_us) >= start,
        col(Event.received_us) <= end,
    )
    newest_first = wanted.order_by(col(Event.received_us).desc(), col(Event.sequence).desc())
    found = session.execute(newest_first.limit(limit))
    return [
        RecordedAct(
            sequence=row.sequence,
            type=row.type,
            actor=row.actor or "",
            at=moment(row.received_us),
            labeler_id=row.labeler_alias_id,
            source_id=row.source_id,
            detail=json.loads(row.detail),
        )
        for row in found
    ]
