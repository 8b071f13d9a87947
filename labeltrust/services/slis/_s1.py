"""S1: how long suspects labeled before they were flagged, of flags that people confirmed."""

from datetime import timedelta

from labeltrust.domain.estimates import Undefined
from labeltrust.domain.flags import FlagState
from labeltrust.domain.incident_times import time_to_detect
from labeltrust.domain.measures import DAY, Tally
from labeltrust.services.slis._base import SPAN_SECONDS, Asked, Found, Indicator, hour_of
from labeltrust.store.flags import brief_flags

_LONGEST = DAY


def read(asked: Asked) -> Found:
    """Return confirmed flags with a known onset, when they were opened."""
    tallies = []
    for flag in confirmed(asked):
        span = time_to_detect([flag])
        if not isinstance(span, Undefined):
            late = int(span.seconds > _LONGEST)
            tallies.append(Tally(measure="S1", hour=hour_of(flag.opened_at), valid=1, bad=late))
    return Found(tallies=tallies)


def confirmed(asked: Asked) -> list[FlagState]:
    """Return the confirmed flags of the span."""
    since = asked.now - timedelta(seconds=SPAN_SECONDS)
    flags = brief_flags(asked.session, asked.project_id, statuses=("confirmed",))
    return [flag for flag in flags if flag.opened_at >= since]


INDICATOR = Indicator(measure="S1", read=read)
