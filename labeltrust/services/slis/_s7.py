"""S7: drills that were found in time."""

from labeltrust.policy.drills import Judged
from labeltrust.services.slis._base import Asked, Found, Indicator
from labeltrust.services.slis._drills import counted


def read(asked: Asked) -> Found:
    """Return drills by the hour in which they ended."""
    return counted(asked, "S7", _lost)


def _lost(judged: Judged) -> bool:
    return not judged.detected


INDICATOR = Indicator(measure="S7", read=read)
