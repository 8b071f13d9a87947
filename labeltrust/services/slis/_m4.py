"""M4: events that were unreadable, of an impossible time, or of a used id, out of all new ones."""

from labeltrust.domain.measures import Tally
from labeltrust.services.slis._base import Asked, Found, Indicator
from labeltrust.store.tallies import slots_of


def read(asked: Asked) -> Found:
    """Return the slots of the sources; repeats are left out, so that none can dilute the rate."""
    sent = slots_of(asked.session, asked.project_id, asked.now, asked.first_hour)
    return Found(
        tallies=[
            Tally(
                measure="M4",
                source=one.source_id,
                hour=one.hour,
                minute=one.minute,
                valid=one.accepted + one.quarantined + (one.conflicts or 0),
                bad=one.quarantined + (one.conflicts or 0) + one.doubted,
            )
            for one in sent
            if one.doubted is not None
        ]
    )


INDICATOR = Indicator(measure="M4", read=read)
