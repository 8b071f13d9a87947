"""M9: items to which a shadow and the model in production gave two labels."""

from labeltrust.services.slis._base import Asked, Found, Indicator
from labeltrust.services.slis._models import NO_MODEL, pairs_of, tallies_of


def read(asked: Asked) -> Found:
    """Return the items on which every shadow parts from production by the hour."""
    pairs = pairs_of(asked, "shadow")
    if not pairs:
        return Found(reason=NO_MODEL.format("shadow"))
    found = [tallies_of(asked, "M9", one, one.found["hours"]["parting"]) for one in pairs]
    return Found(tallies=[tally for one in found for tally in one])


INDICATOR = Indicator(measure="M9", read=read)
