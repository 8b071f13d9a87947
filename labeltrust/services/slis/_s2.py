"""S2: how long it took from a flag that people confirmed until the labels were held out."""

from datetime import timedelta

from labeltrust.domain.estimates import Undefined
from labeltrust.domain.incident_times import Suspect, time_to_contain
from labeltrust.domain.measures import HOUR, Tally
from labeltrust.services.slis._base import Asked, Found, Indicator, hour_of
from labeltrust.services.slis._s1 import confirmed
from labeltrust.store.freezes import states_among

_LONGEST = timedelta(seconds=HOUR)


def read(asked: Asked) -> Found:
    """Return confirmed flags when they were opened; one never contained is late after an hour."""
    flags = confirmed(asked)
    who = sorted({flag.labeler_id for flag in flags})
    freezes = states_among(asked.session, asked.project_id, who, [])
    tallies = []
    for flag in flags:
        suspect: Suspect = ("labeler", flag.labeler_id)
        span = time_to_contain([flag], {suspect: ""}, freezes)
        if isinstance(span, Undefined):
            took = asked.now - flag.opened_at
            if took <= _LONGEST:
                continue  # there is time left
        else:
            took = span.end - span.start
        late = int(took > _LONGEST)
        tallies.append(Tally(measure="S2", hour=hour_of(flag.opened_at), valid=1, bad=late))
    return Found(tallies=tallies)


INDICATOR = Indicator(measure="S2", read=read)
