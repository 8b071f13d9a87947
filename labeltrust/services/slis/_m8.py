"""M8: events that could not be taken, or were taken late: whatever the fault, nothing is silent."""

from labeltrust.domain.measures import Tally
from labeltrust.services.slis._base import Asked, Found, Indicator
from labeltrust.store.tallies import slots_of


def read(asked: Asked) -> Found:
    """Return the slots of the sources; a delivery refused or failed counts as one event.

    What had no proof of origin is nobody's: forgers would spend the budget of others.
    """
    sent = slots_of(asked.session, asked.project_id, asked.now, asked.first_hour)
    found = []
    for one in sent:
        lost = one.quarantined + sum(n or 0 for n in (one.conflicts, one.refused, one.failed))
        found.append(
            Tally(
                measure="M8",
                source=one.source_id,
                hour=one.hour,
                minute=one.minute,
                valid=one.accepted + lost,
                bad=lost + (one.late or 0),
            )
        )
    return Found(tallies=found)


INDICATOR = Indicator(measure="M8", read=read)
