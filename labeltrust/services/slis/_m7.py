"""M7: gold items that production has right and a canary wrong; none may be."""

from labeltrust.services.slis._base import Asked, Found, Indicator
from labeltrust.services.slis._models import NO_MODEL, pairs_of, tallies_of


def read(asked: Asked) -> Found:
    """Return the lost gold items of every canary by the hour."""
    pairs = pairs_of(asked, "canary")
    if not pairs:
        return Found(reason=NO_MODEL.format("canary"))
    found = [tallies_of(asked, "M7", one, one.found["hours"]["losing"]) for one in pairs]
    return Found(tallies=[tally for one in found for tally in one])


INDICATOR = Indicator(measure="M7", read=read)
