"""What a project's labels count to, slot by slot: packed columns, made again at each assessment."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func
from sqlmodel import Session, col, select

from labeltrust.store.tables import Event, ProjectSlots

Columns = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """Rows of whole numbers, and what is known of all of them.

    Attributes:
        rows: (n, k) whole numbers; what each column is, is up to who keeps them.
        facts: Plain JSON values.
        made_at: When they were counted; None before they are kept.
    """

    rows: Columns
    facts: Mapping[str, Any] = field(default_factory=dict)
    made_at: datetime | None = None


def keep_slots(session: Session, project_id: int, kind: str, slots: Slots, at: datetime) -> None:
    """Keep columns of a kind in place of those before."""
    session.merge(ProjectSlots(project_id=project_id, kind=kind, made_at=at, body=packed(slots)))
    session.flush()


def kept_slots(session: Session, project_id: int, kind: str) -> Slots | None:
    """Return the columns of a kind, or None where nothing was counted yet."""
    row = session.get(ProjectSlots, (project_id, kind))
    return None if row is None else unpacked(row.body, row.made_at)


def packed(slots: Slots) -> bytes:
    """Return columns as bytes: a line of JSON, then the numbers, compressed.

    >>> slots = Slots(rows=np.array([[1, 2], [3, 4]]), facts={"deff": 1.5})
    >>> found = unpacked(packed(slots), datetime(2026, 1, 1))
    >>> found.rows.tolist(), found.facts["deff"]
    ([[1, 2], [3, 4]], 1.5)
    """
    width = slots.rows.shape[1]
    head = json.dumps({"width": width, "facts": dict(slots.facts)}).encode()
    return zlib.compress(head + b"\n" + slots.rows.astype("<i8").tobytes(), 6)


def unpacked(body: bytes, at: datetime) -> Slots:
    """Return columns that were packed."""
    head, _, numbers = zlib.decompress(body).partition(b"\n")
    said = json.loads(head)
    rows = np.frombuffer(numbers, dtype="<i8").astype(np.int64).reshape(-1, said["width"])
    return Slots(rows=rows, facts=said["facts"], made_at=at)


def labels_between(
    session: Session, chain_id: int, after: int, through: int, late_us: int
) -> tuple[int, int]:
    """Count the labels of a part of a chain, and those received before a moment.

    Args:
        session: An open transaction.
        chain_id: Row of the chain.
        after: The last record before the part.
        through: Its last record.
        late_us: The moment, in microseconds since 1970.
    """
    late = func.count().filter(col(Event.received_us) < late_us)
    wanted = select(func.count(), late).where(
        col(Event.chain_id) == chain_id,
        col(Event.sequence) > after,
        col(Event.sequence) <= through,
        col(Event.type) == "label.submitted",
    )
    n, n_late = session.exec(wanted).one()
    return int(n), int(n_late)
