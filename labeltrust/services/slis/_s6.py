"""S6: messages of alerts that no receiver took in time."""

from datetime import datetime, timedelta

from labeltrust.domain.measures import MINUTE, Tally
from labeltrust.services.slis._base import SPAN_SECONDS, Asked, Found, Indicator, hour_of
from labeltrust.store.outcomes import Told, told_since

_LATE = timedelta(seconds=MINUTE)
_GATHERED = 10
"""A repeated message may be gathered for so many windows of its channel."""


def read(asked: Asked) -> Found:
    """Return messages by when they were made; what was over before it was told does not count."""
    since = asked.now - timedelta(seconds=SPAN_SECONDS)
    tallies = []
    for one in told_since(asked.session, asked.project_id, since):
        late = _late(one, asked.now)
        if late is not None:
            hour, minute = hour_of(one.made_at), one.made_at.minute // 5 * 5
            tallies.append(Tally(measure="S6", hour=hour, minute=minute, valid=1, bad=int(late)))
    return Found(tallies=tallies)


def _late(one: Told, now: datetime) -> bool | None:
    """Say whether a message was late; None where it is not over and not late yet either."""
    if one.state in {"dropped", "discarded"}:
        return None
    if one.state == "dead":
        return True
    # A message tried again has another due time than it had at first.
    first = one.due_at
    if one.tries > 1:
        first = one.made_at + timedelta(seconds=_GATHERED * one.window_seconds)
    if one.done_at is None:
        return True if now - first > _LATE else None
    return one.done_at - first > _LATE


INDICATOR = Indicator(measure="S6", read=read)
