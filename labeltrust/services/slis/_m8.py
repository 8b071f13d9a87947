"""M8: events that could not be taken, or were taken late: whatever the fault, nothing is silent."""

from labeltrust.services.slis._base import Asked, Found, Indicator, SlotCounts


def read(asked: Asked) -> Found:
    """Return the slots of the sources; a delivery refused or failed counts as one event.

    What had no proof of origin is nobody's: forgers would spend the budget of others.
    """
    sent = asked.sent
    lost = sent.quarantined + sent.conflicts + sent.refused + sent.failed
    counts = SlotCounts(
        source=sent.source, at=sent.at, valid=sent.accepted + lost, bad=lost + sent.late
    )
    return Found(counts=counts)


INDICATOR = Indicator(measure="M8", read=read)
