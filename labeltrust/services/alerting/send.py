"""Tell channels what waits for them: claimed, told, settled; at least once, in a stated order."""

import json
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import Session

from labeltrust.domain.errors import NotFound
from labeltrust.outgoing.shapes import shape_of
from labeltrust.outgoing.shapes._base import Taken, Target, Telling
from labeltrust.policy.alerting import is_given_up, pause
from labeltrust.services.alerting._composing import compose
from labeltrust.services.alerting._reaching import reach_of
from labeltrust.services.deployment import Deployment
from labeltrust.store.alert_channels import SealedChannel, channel_row, get_channel
from labeltrust.store.alert_messages import bury, channels_due, get_message, next_due
from labeltrust.store.alerts import alert_through, news_of
from labeltrust.store.jobs import Lease, require_lease
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.tables import AlertChannel, AlertMessage

SEND = "alert-send"
_LOG = structlog.get_logger("labeltrust.alerts")
_AT_ONCE = 200
"""Messages to one channel until others have their turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claimed:
    """A message that is being told."""

    number: int
    channel: SealedChannel
    telling: Telling


def sending_is_due(deployment: Deployment, now: datetime) -> list[int]:
    """Return the channels that something can be sent to now."""
    with reading(deployment.engine) as session:
        return channels_due(session, now)


def send_for_job(deployment: Deployment, lease: Lease) -> None:
    """Tell a channel what is due, until it is done, or fails, or others have waited long enough.

    What happens to a message is kept in its row: the job itself never fails for a receiver.
    """
    for _ in range(_AT_ONCE):
        try:
            claimed = _claim(deployment, lease)
        except NotFound:
            return  # removed meanwhile
        if claimed is None:
            return
        taken = tell(deployment, claimed.channel, claimed.telling)
        if not _settled(deployment, lease, claimed, taken):
            return


def tell(deployment: Deployment, found: SealedChannel, telling: Telling) -> Taken:
    """Tell a channel something now, and say how it was taken."""
    options = json.loads(deployment.vault.open_secret(found.sealed))
    keys = tuple(deployment.vault.open_secret(key) for key in found.keys)
    target = Target(options=options, keys=keys)
    return shape_of(found.channel.shape).send(target, telling, reach_of(deployment))


def _claim(deployment: Deployment, lease: Lease) -> _Claimed | None:
    """Take the next message, and fix what it speaks of: a later try speaks of the same."""
    now, number = deployment.clock(), int(lease.key)
    with unit_of_work(deployment.engine) as session:
        require_lease(session, lease)
        channel = get_channel(session, number, now)
        row = next_due(session, number, now)
        while row is not None and not _fixed(session, row, now):
            row = next_due(session, number, now)
        if row is None or row.id is None:
            return None
        row.tries, row.tried_at = row.tries + 1, now
        session.add(row)
        session.flush()
        try:
            telling = compose(deployment, session, row, now)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            # One message that nobody can write must not hold up those behind it.
            row.state, row.done_at = "dead", now
            row.trouble = f"it cannot be written: {type(error).__name__}"
            _LOG.exception("alert cannot be written", message=row.id)
            session.add(row)
            return None
        return _Claimed(number=row.id, channel=channel, telling=telling)


def _fixed(session: Session, row: AlertMessage, now: datetime) -> bool:
    """Fix at the first try what a message speaks of; drop one that has nothing left to say."""
    if row.group_id is None or row.effect == "end" or row.tries:
        return True
    row.through = alert_through(session, row.group_id)
    over = row.effect == "news"
    row.n = len(news_of(session, row.group_id, row.since, row.through, over=over))
    if not row.n:
        row.state, row.done_at, row.trouble = "dropped", now, "over before it was told"
    session.add(row)
    session.flush()
    return bool(row.n)


def _settled(deployment: Deployment, lease: Lease, claimed: _Claimed, taken: Taken) -> bool:
    """Keep how a message was taken; say whether the channel can be told more at once."""
    now = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        require_lease(session, lease)
        row = get_message(session, claimed.number, lock=True)
        channel = channel_row(session, row.channel_id, lock=True)
        if taken.outcome == "taken":
            row.state, row.done_at, row.trouble = "sent", now, None
            channel.sent, channel.sent_at = channel.sent + 1, now
            channel.failures, channel.retry_at, channel.trouble = 0, None, None
        else:
            _failed(row, channel, taken, now)
        session.add(row)
        session.add(channel)
        session.flush()
        if taken.outcome == "gone":
            _switch_off(session, channel, taken, now)
    if taken.outcome != "taken":
        name = claimed.channel.channel.name
        _LOG.warning("alert not taken", channel=name, message=claimed.number, why=taken.detail)
    return taken.outcome in {"taken", "refused"}


def _failed(row: AlertMessage, channel: AlertChannel, taken: Taken, now: datetime) -> None:
    channel.failed += 1
    channel.trouble = row.trouble = taken.detail
    if taken.outcome == "refused" or is_given_up(row.tries, row.made_at, now):
        row.state, row.done_at = "dead", now
        if taken.outcome == "refused":
            return  # it speaks, and of this message alone
    channel.failures += 1
    channel.retry_at = now + pause(f"channel {channel.id}", channel.failures, taken.retry_after)
    row.due_at = now + pause(row.uid, row.tries, taken.retry_after)


def _switch_off(session: Session, channel: AlertChannel, taken: Taken, now: datetime) -> None:
    """Tell a channel nothing more that said it is gone; what waits is left for people."""
    channel.off_at, channel.off_why, channel.retry_at = now, taken.detail, None
    session.add(channel)
    bury(session, channel.id or 0, f"the channel is off: {taken.detail}", now)
    _LOG.error("alert channel switched off", channel=channel.name, why=taken.detail)
