"""S8: drills whose labels were held out in time, once something was found."""

from labeltrust.policy.drills import Judged
from labeltrust.services.slis._base import Asked, Found, Indicator
from labeltrust.services.slis._drills import counted


def read(asked: Asked) -> Found:
    """Return drills by the hour in which they ended."""
    return counted(asked, "S8", _lost)


def _lost(judged: Judged) -> bool | None:
    return None if judged.contained is None else not judged.contained


INDICATOR = Indicator(measure="S8", read=read)
