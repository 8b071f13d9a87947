"""Drills of the installation, for every project alike: incidents are too few to burn a budget."""

from collections.abc import Callable
from datetime import timedelta

from labeltrust.domain.measures import Tally
from labeltrust.policy.drills import Judged, judged
from labeltrust.services.slis._base import SPAN_SECONDS, Asked, Found, hour_of
from labeltrust.store.drills import finished_between

NONE = "no drill was carried out lately: `labeltrust redteam drill`, or LABELTRUST_DRILLS_A_DAY"


def counted(asked: Asked, measure: str, bad: Callable[[Judged], bool | None]) -> Found:
    """Return drills by the hour in which they ended.

    Args:
        asked: Project and moment.
        measure: Id of the measure.
        bad: Says of a drill whether it was lost; None where it says nothing of the measure.
    """
    since = asked.now - timedelta(seconds=SPAN_SECONDS)
    drills = finished_between(asked.session, since, asked.now + timedelta(seconds=1))
    tallies = []
    for drill in drills:
        if drill.found is None or drill.finished_at is None:
            continue
        lost = bad(judged(drill.found))
        if lost is not None:
            hour = hour_of(drill.finished_at)
            tallies.append(Tally(measure=measure, hour=hour, valid=1, bad=int(lost)))
    return Found(tallies=tallies, reason="" if drills else NONE)
