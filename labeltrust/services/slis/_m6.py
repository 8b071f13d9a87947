"""M6: items that hold a registered trigger pattern, of those that were looked through."""

from labeltrust.domain.measures import Tally
from labeltrust.services.slis._base import Asked, Found, Indicator
from labeltrust.store.triggers import live_patterns, triggers_since


def read(asked: Asked) -> Found:
    """Return what the scans of each hour looked through and found."""
    rows = triggers_since(asked.session, asked.project_id, asked.first_hour)
    if not rows and not live_patterns(asked.session, asked.project_id):
        return Found(reason="no pattern is registered")
    tallies = [
        Tally(
            measure="M6",
            source=row.source_id or None,
            hour=row.hour,
            valid=row.items,
            bad=row.hits,
        )
        for row in rows
    ]
    return Found(tallies=tallies)


INDICATOR = Indicator(measure="M6", read=read)
