"""M2: looks at features of incoming items that found drift, as the hourly watch tallied them."""

from labeltrust.domain.measures import Tally
from labeltrust.services.slis._base import Asked, Found, Indicator
from labeltrust.store.drift_reports import kept_drift, looks_since


def read(asked: Asked) -> Found:
    """Return the tallies by source; a look with too few items counts as none."""
    if kept_drift(asked.session, asked.project_id) is None:
        return Found(reason="nobody looked at features yet")
    rows = looks_since(asked.session, asked.project_id, asked.first_hour)
    tallies = [
        Tally(measure="M2", source=row.source_id, hour=row.hour, valid=row.looks, bad=row.drifted)
        for row in rows
    ]
    return Found(tallies=tallies)


INDICATOR = Indicator(measure="M2", read=read)
