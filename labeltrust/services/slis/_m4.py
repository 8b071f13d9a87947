"""M4: events that were unreadable, of an impossible time, or of a used id, out of all new ones."""

from labeltrust.services.slis._base import Asked, Found, Indicator, SlotCounts


def read(asked: Asked) -> Found:
    """Return the slots of the sources; repeats are left out, so that none can dilute the rate."""
    sent = asked.sent
    known = sent.doubted >= 0
    wrong = sent.quarantined + sent.conflicts
    counts = SlotCounts(
        source=sent.source[known],
        at=sent.at[known],
        valid=(sent.accepted + wrong)[known],
        bad=(wrong + sent.doubted)[known],
    )
    return Found(counts=counts)


INDICATOR = Indicator(measure="M4", read=read)
