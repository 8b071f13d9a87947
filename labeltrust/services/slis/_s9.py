"""S9: drills in which the machine held nobody who did not poison."""

from labeltrust.policy.drills import Judged
from labeltrust.services.slis._base import Asked, Found, Indicator
from labeltrust.services.slis._drills import counted


def read(asked: Asked) -> Found:
    """Return drills by the hour in which they ended."""
    return counted(asked, "S9", _lost)


def _lost(judged: Judged) -> bool:
    return judged.held_wrongly


INDICATOR = Indicator(measure="S9", read=read)
