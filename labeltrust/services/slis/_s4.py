"""S4: labels that no assessment saw in time, of all that assessments were the first to see."""

from labeltrust.domain.measures import Tally
from labeltrust.services._slots import FRESH
from labeltrust.services.slis._base import Asked, Found, Indicator
from labeltrust.store.project_slots import kept_slots


def read(asked: Asked) -> Found:
    """Return the labels by when they were assessed."""
    kept = kept_slots(asked.session, asked.project_id, FRESH)
    if kept is None:
        return Found(reason="nothing was assessed yet")
    rows = kept.rows.tolist()
    return Found(
        tallies=[
            Tally(
                measure="S4",
                hour=at // 3_600,
                minute=at % 3_600 // 60,
                valid=valid,
                bad=bad,
            )
            for at, valid, bad in rows
        ]
    )


INDICATOR = Indicator(measure="S4", read=read)
