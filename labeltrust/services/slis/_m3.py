"""M3: gold items that a model has wrong and its predecessor right, beyond those it gained."""

from labeltrust.domain.estimates import Estimate
from labeltrust.metrics.model_pair import accuracy_change
from labeltrust.services.slis._base import Asked, Found, Indicator
from labeltrust.services.slis._models import NO_MODEL, net_losses, pairs_of, tallies_of


def read(asked: Asked) -> Found:
    """Return the net losses of every model that has one before it, by the hour."""
    pairs = pairs_of(asked, "production", "canary", "shadow")
    if not pairs:
        return Found(reason=NO_MODEL.format("model"))
    tallies = [
        tally
        for one in pairs
        for tally in tallies_of(asked, "M3", one, net_losses(one.found["hours"]))
    ]
    changes = [accuracy_change(f["gold"], f["lost"], f["gained"]) for f in (p.found for p in pairs)]
    known = [one for one in changes if isinstance(one, Estimate)]
    beside = {"worst_change": min(known, key=lambda one: one.value)} if known else {}
    return Found(tallies=tallies, beside=beside)


INDICATOR = Indicator(measure="M3", read=read)
