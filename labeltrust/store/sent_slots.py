"""What the sources of a project sent, slot by slot, as columns: for whoever measures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from labeltrust.domain.clock import microseconds
from labeltrust.store.statements import Row, Statements
from labeltrust.store.tallies import KEPT_HOURS, SLOTS_AN_HOUR

Int = NDArray[np.int64]
_SLOT_SECONDS: Final = 300
_HOUR_SECONDS: Final = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class SentSlots:
    """What sources sent; all of shape (n_slots,), one source and slot each.

    Attributes:
        source: Rows of the sources.
        at: Seconds since 1970 at which the slot begins.
        accepted: New events, `doubted` and `late` among them.
        quarantined: Events that could not be read.
        doubted: Events of an impossible time; -1 where that was not counted then.
        conflicts: Events of a used id with other content.
        refused: Deliveries over the cap.
        failed: Deliveries that this installation could not take.
        late: Events that were answered late.
    """

    source: Int
    at: Int
    accepted: Int
    quarantined: Int
    doubted: Int
    conflicts: Int
    refused: Int
    failed: Int
    late: Int


def sent_slots(session: Session, project_id: int, now: datetime, first_hour: int) -> SentSlots:
    """Return what the sources of a project sent: lately by five minutes, before by the hour.

    Args:
        session: An open read.
        project_id: For which they may speak.
        now: The present moment.
        first_hour: The first hour that is wanted, since 1970.
    """
    statements = Statements(session.connection())
    lately = microseconds(now) // (1_000_000 * _HOUR_SECONDS) - KEPT_HOURS
    hours = statements.rows(_OLD_HOURS, (project_id, first_hour, lately))
    slots = statements.rows(_NEW_SLOTS, (project_id, lately * SLOTS_AN_HOUR))
    old, new = _columns(hours, _HOUR_SECONDS), _columns(slots, _SLOT_SECONDS)
    return SentSlots(**dict(zip(SentSlots.__slots__, np.hstack([old, new]), strict=True)))


def _columns(rows: Sequence[Row], seconds: int) -> Int:
    columns = np.array(rows, dtype=np.int64).reshape(-1, len(SentSlots.__slots__)).T
    columns[1] *= seconds
    return columns


_SENT: Final = (
    "t.accepted, t.quarantined, COALESCE(t.doubted, -1), COALESCE(t.conflicts, 0), "
    "COALESCE(t.refused, 0), COALESCE(t.failed, 0), COALESCE(t.late, 0) FROM source_project p "
)
_OLD_HOURS: Final = (
    f"SELECT t.source_id, t.hour, {_SENT}"
    "JOIN source_tally t ON t.source_id = p.source_id "
    "WHERE p.project_id = ? AND t.hour >= ? AND t.hour < ?"
)
_NEW_SLOTS: Final = (
    f"SELECT t.source_id, t.slot, {_SENT}"
    "JOIN source_slot t ON t.source_id = p.source_id "
    "WHERE p.project_id = ? AND t.slot >= ?"
)
