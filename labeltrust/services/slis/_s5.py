"""S5: records whose receipt is kept, checked by the verification of the project's chain."""

from labeltrust.domain.measures import Tally
from labeltrust.services.slis._base import Asked, Found, Indicator
from labeltrust.services.verify_news import broken_part
from labeltrust.store.verified import states


def read(asked: Asked) -> Found:
    """Return how many records the last verification walked, and whether one is known to be lost.

    A chain that lost or changed a record verifies only up to it; that is one occurrence, however
    many records behind it cannot be told.
    """
    checked, _ = states(asked.session).get(asked.project.name, (0, ""))
    broken = broken_part(asked.session, asked.project)
    if not checked and not broken:
        return Found(reason="the chain was not verified yet")
    hour = asked.now_seconds // 3_600
    now = Tally(measure="S5", hour=hour, valid=max(checked, 1), bad=int(bool(broken)))
    return Found(tallies=(now,))


INDICATOR = Indicator(measure="S5", read=read)
