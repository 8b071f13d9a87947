"""Channels of alerts as rows; their addresses, secrets and keys are sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, or_, select

from labeltrust.domain.alerts import Channel
from labeltrust.domain.errors import NotFound
from labeltrust.store.inserting import insert_new, known_id
from labeltrust.store.scopes import scope_of
from labeltrust.store.tables import AlertChannel, AlertKey


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedChannel:
    """A channel with its sealed options, and the sealed keys that sign now."""

    channel: Channel
    sealed: bytes
    keys: tuple[bytes, ...]


def add_channel(session: Session, row: AlertChannel) -> int:
    """Store a channel and return its number.

    Raises:
        Conflict: The name is taken.
    """
    return known_id(insert_new(session, row, f"channel {row.name!r} is there already").id)


def channels(session: Session, now: datetime, *, told: bool = False) -> list[Channel]:
    """Return the channels there are, oldest first.

    Args:
        session: An open session.
        now: Keys that ended before sign nothing.
        told: Leave out those that are switched off.
    """
    wanted = select(AlertChannel).where(col(AlertChannel.removed_at).is_(None))
    if told:
        wanted = wanted.where(col(AlertChannel.off_at).is_(None))
    rows = session.exec(wanted.order_by(col(AlertChannel.id))).all()
    keys = _live(session, [known_id(row.id) for row in rows], now)
    return [_channel(row, [k for k in keys if k.channel_id == row.id]) for row in rows]


def get_channel(session: Session, number: int, now: datetime) -> SealedChannel:
    """Return a channel with what is sealed of it.

    Raises:
        NotFound: There is none of this number, or it was removed.
    """
    row = channel_row(session, number)
    keys = _live(session, [number], now)
    sealed = tuple(key.sealed for key in keys)
    return SealedChannel(channel=_channel(row, keys), sealed=row.sealed, keys=sealed)


def number_of(session: Session, name: str) -> int:
    """Return the number of a channel by its name.

    Raises:
        NotFound: There is none of this name.
    """
    wanted = select(AlertChannel.id).where(col(AlertChannel.name) == name)
    found = session.exec(wanted.where(col(AlertChannel.removed_at).is_(None))).first()
    if found is None:
        detail = f"no alert channel {name[:200]!r}"
        raise NotFound(detail)
    return found


def channel_row(session: Session, number: int, *, lock: bool = False) -> AlertChannel:
    """Return the row of a channel that was not removed.

    Raises:
        NotFound: There is none of this number, or it was removed.
    """
    wanted = select(AlertChannel).where(col(AlertChannel.id) == number)
    wanted = wanted.where(col(AlertChannel.removed_at).is_(None))
    found = session.exec(wanted.with_for_update() if lock else wanted).first()
    if found is None:
        detail = f"no alert channel {number}"
        raise NotFound(detail)
    return found


def add_key(session: Session, channel_id: int, key_id: str, sealed: bytes, at: datetime) -> None:
    """Store a key that signs from now on."""
    row = AlertKey(channel_id=channel_id, key_id=key_id, sealed=sealed, created_at=at)
    session.add(row)
    session.flush()


def end_keys(session: Session, channel_id: int, now: datetime, at: datetime) -> list[str]:
    """Let the keys that sign now do so until a moment at most, and return their ids."""
    keys = _live(session, [channel_id], now)
    for key in keys:
        key.expires_at = at if key.expires_at is None else min(key.expires_at, at)
        session.add(key)
    session.flush()
    return [key.key_id for key in keys]


def remove_channel(session: Session, number: int, at: datetime) -> None:
    """Store that a channel is told nothing any more; what was sealed is forgotten."""
    row = channel_row(session, number, lock=True)
    row.removed_at, row.sealed, row.name = at, b"", f"{number}/{row.name}"
    session.add(row)
    for key in session.exec(select(AlertKey).where(col(AlertKey.channel_id) == number)):
        key.sealed, key.expires_at = b"", at
        session.add(key)
    session.flush()


def totals(session: Session) -> tuple[int, int]:
    """Return how many messages were taken, and how many tries failed, ever."""
    rows = session.exec(select(AlertChannel.sent, AlertChannel.failed)).all()
    return sum(row[0] for row in rows), sum(row[1] for row in rows)


def _live(session: Session, numbers: Sequence[int], now: datetime) -> list[AlertKey]:
    wanted = select(AlertKey).where(
        col(AlertKey.channel_id).in_(numbers),
        or_(col(AlertKey.expires_at).is_(None), col(AlertKey.expires_at) > now),
    )
    return list(session.exec(wanted.order_by(col(AlertKey.id).desc())))


def _channel(row: AlertChannel, keys: Sequence[AlertKey]) -> Channel:
    return Channel(
        id=known_id(row.id),
        name=row.name,
        shape=row.shape,
        host=row.host,
        codes=scope_of(row.codes),
        projects=scope_of(row.projects),
        floor=row.floor,
        window_seconds=row.window_seconds,
        added_at=row.added_at,
        added_by=row.added_by,
        keys=tuple(key.key_id for key in keys),
        off_at=row.off_at,
        off_why=row.off_why,
        failures=row.failures,
        retry_at=row.retry_at,
        sent=row.sent,
        failed=row.failed,
        sent_at=row.sent_at,
        trouble=row.trouble,
    )
