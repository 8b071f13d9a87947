"""M5: labels without provenance, as the newest assessment counted them; and chains that break."""

import json

from labeltrust.domain.clock import microseconds
from labeltrust.domain.measures import Tally
from labeltrust.services.slis._base import Asked, Found, Indicator
from labeltrust.services.verify_news import broken_part
from labeltrust.store.assessments import latest_assessment

_HOUR_US = 3_600_000_000


def read(asked: Asked) -> Found:
    """Return what the newest assessment says of the labels of now: it looks at every one anyway."""
    stored = latest_assessment(asked.session, asked.project_id)
    if stored is None:
        return Found(reason="nothing was assessed yet")
    document = json.loads(stored.document)
    missing = int(document.get("provenance", {}).get("missing", 0))
    broken = bool(broken_part(asked.session, asked.project))
    now = Tally(
        measure="M5",
        hour=microseconds(asked.now) // _HOUR_US,
        valid=int(document["labels"]),
        bad=max(missing, int(broken)),
    )
    return Found(tallies=(now,))


INDICATOR = Indicator(measure="M5", read=read)
