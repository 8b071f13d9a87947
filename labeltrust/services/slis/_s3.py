"""S3: freezes of labelers that were a mistake: the flag dismissed, or the appeal upheld."""

from datetime import timedelta

from labeltrust.domain.measures import Tally
from labeltrust.services.slis._base import SPAN_SECONDS, Asked, Found, Indicator, hour_of
from labeltrust.store.outcomes import contained_since


def read(asked: Asked) -> Found:
    """Return freezes when they were placed; one that was overturned, when it was lifted."""
    since = asked.now - timedelta(seconds=SPAN_SECONDS)
    tallies = []
    for one in contained_since(asked.session, asked.project_id, since):
        wrong = one.overturned and one.lifted_at is not None
        at = one.lifted_at if wrong and one.lifted_at is not None else one.placed_at
        tallies.append(Tally(measure="S3", hour=hour_of(at), valid=1, bad=int(wrong)))
    return Found(tallies=tallies)


INDICATOR = Indicator(measure="S3", read=read)
