"""What a channel is to be told, as rows: bursts gathered, ends only where a beginning was told."""

from datetime import datetime, timedelta

from sqlmodel import Session

from labeltrust.domain.alerts import Cause, Channel, Step, at_least
from labeltrust.outgoing.shapes import shape_of
from labeltrust.store.alert_messages import add_message, last_due, new_uid, of_group
from labeltrust.store.tables import AlertGroup, AlertMessage

_GATHERED = 10
"""After a message about a group the next one waits for so many windows, unless it is louder."""


def plan_event(session: Session, channel: Channel, step: Step, cause: Cause, now: datetime) -> None:
    """Tell a machine of one fact: at once, each fact by itself, ends and repeats as well."""
    if not shape_of(channel.shape).each_fact or not channel.wants(step.code, step.loudness):
        return
    row = _message(channel, "event", step.loudness, now)
    row.cause_id, row.n = cause.id, 1
    add_message(session, row)


def plan_open(
    session: Session,
    channel: Channel,
    group: AlertGroup,
    *,
    news: int,
    now: datetime,
    loudness: str,
) -> None:
    """Tell people of what is new in a group, unless a message that will hold it waits already."""
    instant = news == 0
    loudness = "news" if instant else loudness
    if shape_of(channel.shape).each_fact or not channel.wants(group.code, loudness):
        return
    told = of_group(session, channel.id, group.id or 0, group.epoch)
    opens = [row for row in told if row.effect in {"open", "news"}]
    if opens and opens[0].state == "waiting" and opens[0].tries == 0:
        _hasten(session, opens[0], loudness, now + _window(channel))
        return
    since = opens[0].through if opens else 0
    if not instant and news <= since:
        return
    row = _message(channel, "news" if instant else "open", loudness, now)
    row.group_id, row.epoch, row.since = group.id, group.epoch, since
    row.due_at = _due(session, channel, group, loudness, now)
    add_message(session, row)


def plan_end(session: Session, channel: Channel, group: AlertGroup, now: datetime) -> None:
    """Tell people that all of a group is over, where they were told that it was not."""
    if shape_of(channel.shape).each_fact:
        return
    told = of_group(session, channel.id, group.id or 0, group.epoch)
    for row in told:
        if row.state == "waiting" and row.tries == 0:
            row.state, row.done_at, row.trouble = "dropped", now, "over before it was told"
            session.add(row)
    known = [r for r in told if r.state == "sent" or (r.state == "waiting" and r.tries)]
    if not known or known[0].effect != "open":
        return
    row = _message(channel, "end", known[0].loudness, now)
    row.group_id, row.epoch = group.id, group.epoch
    add_message(session, row)


def _due(
    session: Session, channel: Channel, group: AlertGroup, loudness: str, now: datetime
) -> datetime:
    before = last_due(session, channel.id, group.id or 0, floor=loudness)
    soon = now + _window(channel)
    return soon if before is None else max(soon, before + _GATHERED * _window(channel))


def _hasten(session: Session, row: AlertMessage, loudness: str, due_at: datetime) -> None:
    """Let a message that waits speak of something louder, and go sooner for it."""
    if not at_least(row.loudness, loudness):
        row.loudness, row.due_at = loudness, min(row.due_at, due_at)
        session.add(row)
        session.flush()


def _window(channel: Channel) -> timedelta:
    return timedelta(seconds=channel.window_seconds)


def _message(channel: Channel, effect: str, loudness: str, now: datetime) -> AlertMessage:
    return AlertMessage(
        uid=new_uid(),
        channel_id=channel.id,
        effect=effect,
        loudness=loudness,
        made_at=now,
        due_at=now,
    )
