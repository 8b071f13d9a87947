"""M8: events that could not be taken: malformed, of a used id, or in a delivery over the cap."""

from labeltrust.domain.measures import Tally
from labeltrust.services.slis._base import Asked, Found, Indicator
from labeltrust.store.tallies import slots_of


def read(asked: Asked) -> Found:
    """Return the slots of the sources; a refused delivery counts as one event.

    What had no proof of origin is nobody's: forgers would spend the budget of others.
    """
    sent = slots_of(asked.session, asked.project_id, asked.now, asked.first_hour)
    found = []
    for one in sent:
        bad = one.quarantined + (one.conflicts or 0) + (one.refused or 0)
        found.append(
            Tally(
                measure="M8",
                source=one.source_id,
                hour=one.hour,
                minute=one.minute,
                valid=one.accepted + bad,
                bad=bad,
            )
        )
    return Found(tallies=found)


INDICATOR = Indicator(measure="M8", read=read)
