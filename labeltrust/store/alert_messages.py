"""Messages to channels as rows: what waits, what is due, what was given up."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, delete, update
from sqlmodel import Session, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from labeltrust.domain.alerts import LOUDNESS, Message, at_least
from labeltrust.domain.errors import NotFound
from labeltrust.store.inserting import known_id
from labeltrust.store.tables import AlertCause, AlertChannel, AlertGroup, AlertMessage

STATES = ("waiting", "sent", "dead", "discarded", "dropped")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits: how many messages, since when the oldest could have gone, how many are dead."""

    n: int
    oldest_at: datetime | None
    dead: int


def add_message(session: Session, row: AlertMessage) -> int:
    """Store a message and return its number."""
    session.add(row)
    session.flush()
    return known_id(row.id)


def new_uid() -> str:
    """Return an id for a message that no other has anywhere.

    >>> len(new_uid())
    36
    """
    return f"msg_{secrets.token_hex(16)}"


def of_group(session: Session, channel_id: int, group_id: int, epoch: int) -> list[AlertMessage]:
    """Return what a channel was or will be told of a group in an epoch, newest first."""
    wanted = select(AlertMessage).where(
        col(AlertMessage.channel_id) == channel_id,
        col(AlertMessage.group_id) == group_id,
        col(AlertMessage.epoch) == epoch,
        col(AlertMessage.state) != "dropped",
    )
    return list(session.exec(wanted.order_by(col(AlertMessage.id).desc()).with_for_update()))


def last_due(session: Session, channel_id: int, group_id: int, *, floor: str) -> datetime | None:
    """Return when a channel was last told, or is to be told, of a group at least so loudly."""
    wanted = select(func.max(AlertMessage.due_at)).where(
        col(AlertMessage.channel_id) == channel_id,
        col(AlertMessage.group_id) == group_id,
        col(AlertMessage.effect).in_(("open", "news")),
        col(AlertMessage.loudness).in_([loud for loud in LOUDNESS if at_least(loud, floor)]),
        col(AlertMessage.state) != "dropped",
    )
    return session.exec(wanted).one()


def channels_due(session: Session, now: datetime) -> list[int]:
    """Return the channels that something can be sent to now."""
    wanted = _due(now).with_only_columns(col(AlertMessage.channel_id)).distinct()
    return list(session.execute(wanted).scalars())


def next_due(session: Session, channel_id: int, now: datetime) -> AlertMessage | None:
    """Return what a channel is told next: the least tried, pages before tickets, facts in order.

    A message about a group waits for earlier ones about the same group: an end never overtakes.
    """
    loud = and_(col(AlertMessage.loudness) == "page", col(AlertMessage.cause_id).is_(None))
    order = case((loud, 0), else_=1)
    wanted = _due(now).where(col(AlertMessage.channel_id) == channel_id)
    wanted = wanted.order_by(
        col(AlertMessage.tries), order, col(AlertMessage.due_at), col(AlertMessage.id)
    )
    return session.exec(wanted.limit(1).with_for_update(of=AlertMessage)).first()


def _due(now: datetime) -> SelectOfScalar[AlertMessage]:
    earlier = _EARLIER
    before = select(earlier.c.id).where(
        earlier.c.channel_id == col(AlertMessage.channel_id),
        earlier.c.group_id == col(AlertMessage.group_id),
        earlier.c.state == "waiting",
        earlier.c.id < col(AlertMessage.id),
    )
    return select(AlertMessage).where(
        col(AlertMessage.state) == "waiting",
        col(AlertMessage.due_at) <= now,
        ~before.exists(),
        col(AlertChannel.id) == col(AlertMessage.channel_id),
        col(AlertChannel.removed_at).is_(None),
        col(AlertChannel.off_at).is_(None),
        or_(col(AlertChannel.retry_at).is_(None), col(AlertChannel.retry_at) <= now),
    )


_EARLIER = AlertMessage.metadata.tables["alert_message"].alias("earlier")


def get_message(session: Session, number: int, *, lock: bool = False) -> AlertMessage:
    """Return the row of a message.

    Raises:
        NotFound: There is none of this number.
    """
    wanted = select(AlertMessage).where(col(AlertMessage.id) == number)
    found = session.exec(wanted.with_for_update() if lock else wanted).first()
    if found is None:
        detail = f"no message {number}"
        raise NotFound(detail)
    return found


def bury(session: Session, channel_id: int, why: str, at: datetime) -> int:
    """Give up whatever waits for a channel, and say how much that was."""
    waits = (col(AlertMessage.channel_id) == channel_id, col(AlertMessage.state) == "waiting")
    numbers = list(session.exec(select(AlertMessage.id).where(*waits)))
    dead = update(AlertMessage).where(col(AlertMessage.id).in_(numbers))
    session.execute(dead.values(state="dead", done_at=at, trouble=why))
    return len(numbers)


def list_messages(
    session: Session,
    states: Sequence[str],
    channel_ids: Sequence[int],
    *,
    before: int | None = None,
    most: int = 100,
) -> list[Message]:
    """Return messages in some states to some channels, newest first."""
    code = func.coalesce(AlertGroup.code, AlertCause.word, "")
    wanted = (
        select(AlertMessage, AlertChannel.name, code)
        .join(AlertChannel, col(AlertChannel.id) == col(AlertMessage.channel_id))
        .join(AlertGroup, col(AlertGroup.id) == col(AlertMessage.group_id), isouter=True)
        .join(AlertCause, col(AlertCause.id) == col(AlertMessage.cause_id), isouter=True)
        .where(col(AlertMessage.state).in_(states), col(AlertMessage.channel_id).in_(channel_ids))
        .order_by(col(AlertMessage.id).desc())
        .limit(most)
    )
    if before is not None:
        wanted = wanted.where(col(AlertMessage.id) < before)
    return [message_of(row, name, word) for row, name, word in session.execute(wanted)]


def message_of(row: AlertMessage, channel: str, code: str) -> Message:
    """Return a message as it can be shown."""
    return Message(
        id=known_id(row.id),
        uid=row.uid,
        channel_id=row.channel_id,
        channel=channel,
        code=code,
        effect=row.effect,
        loudness=row.loudness,
        n=row.n,
        state=row.state,
        made_at=row.made_at,
        due_at=row.due_at,
        tries=row.tries,
        tried_at=row.tried_at,
        done_at=row.done_at,
        done_by=row.done_by,
        trouble=row.trouble,
    )


def waiting(session: Session, now: datetime) -> Waiting:
    """Return how much waits that could have gone already, since when, and how much is dead."""
    # `due_at` moves with every failure: how long something waits counts from when it was made.
    wanted = select(func.count(), func.min(AlertMessage.made_at))
    tried = or_(col(AlertMessage.due_at) <= now, col(AlertMessage.tries) > 0)
    waits = col(AlertMessage.state) == "waiting"
    n, oldest = session.exec(wanted.where(waits, tried)).one()
    dead = select(func.count()).where(col(AlertMessage.state) == "dead")
    return Waiting(n=n, oldest_at=oldest, dead=session.exec(dead).one())


def forget_messages(session: Session, before: datetime, most: int = 10_000) -> int:
    """Delete what was told, dropped or discarded long ago; say how many."""
    over = col(AlertMessage.state).in_(("sent", "dropped", "discarded"))
    old = select(AlertMessage.id).where(over, col(AlertMessage.done_at) < before).limit(most)
    numbers = list(session.exec(old))
    session.execute(delete(AlertMessage).where(col(AlertMessage.id).in_(numbers)))
    return len(numbers)
