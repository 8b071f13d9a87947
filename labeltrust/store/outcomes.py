"""How freezes and messages ended, for the indicators: a few columns, never whole rows."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, exists, or_, select

from labeltrust.domain.freezes import HOLDS_LABELS
from labeltrust.store.tables import (
    AlertCause,
    AlertChannel,
    AlertGroup,
    AlertMessage,
    Appeal,
    Flag,
    Freeze,
)

_MOST = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Contained:
    """One freeze of a labeler: when it was placed and lifted, and whether it was a mistake."""

    placed_at: datetime
    lifted_at: datetime | None
    overturned: bool


def contained_since(session: Session, project_id: int, since: datetime) -> list[Contained]:
    """Return the newest freezes of labelers placed or lifted since a moment.

    Overturned is one that was lifted and whose flag was dismissed or whose appeal was upheld.
    """
    appealed = exists().where(
        col(Appeal.freeze_id) == col(Freeze.id), col(Appeal.outcome) == "overturned"
    )
    wanted = (
        select(Freeze.placed_at, Freeze.lifted_at, Flag.status, appealed)
        .join(Flag, col(Flag.id) == col(Freeze.flag_id), isouter=True)
        .where(
            col(Freeze.project_id) == project_id,
            col(Freeze.labeler_id).is_not(None),
            col(Freeze.kind).in_(sorted(HOLDS_LABELS)),
            or_(col(Freeze.placed_at) >= since, col(Freeze.lifted_at) >= since),
        )
        .order_by(col(Freeze.id).desc())
        .limit(_MOST)
    )
    return [
        Contained(
            placed_at=placed,
            lifted_at=lifted,
            overturned=lifted is not None and (status == "dismissed" or bool(upheld)),
        )
        for placed, lifted, status, upheld in session.exec(wanted)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One message to a channel: since when it could have gone, and when it was taken."""

    made_at: datetime
    due_at: datetime
    done_at: datetime | None
    state: str
    tries: int
    window_seconds: float


def told_since(session: Session, project_id: int, since: datetime) -> list[Told]:
    """Return the newest messages about a project that were made since a moment."""
    wanted = (
        select(AlertMessage, AlertChannel.window_seconds)
        .join(AlertChannel, col(AlertChannel.id) == col(AlertMessage.channel_id))
        .join(AlertGroup, col(AlertGroup.id) == col(AlertMessage.group_id), isouter=True)
        .join(AlertCause, col(AlertCause.id) == col(AlertMessage.cause_id), isouter=True)
        .where(
            col(AlertMessage.made_at) >= since,
            or_(col(AlertGroup.project_id) == project_id, col(AlertCause.project_id) == project_id),
        )
        .order_by(col(AlertMessage.id).desc())
        .limit(_MOST)
    )
    return [
        Told(
            made_at=row.made_at,
            due_at=row.due_at,
            done_at=row.done_at,
            state=row.state,
            tries=row.tries,
            window_seconds=window,
        )
        for row, window in session.exec(wanted)
    ]
