"""How often each labeler takes over suggestions that are wrong, and those that are right."""

import pandas as pd

from labeltrust.charts._base import Seen, SignalChart, labeler_frame
from labeltrust.charts._look import Drawing
from labeltrust.charts._pairs_of_shares import LABELERS, drawn_pairs, with_shares

PLACES = ("suggestion that peers or gold contradict", "suggestion that they confirm")
_COLUMNS = ["labeler", "place", "hits", "of"]


def frame(seen: Seen) -> pd.DataFrame:
    """Return two rows a labeler, most suspect first: suggestions contradicted, and confirmed.

    Returns:
        Columns labeler, place, hits (accepted), of, share, low, high, note (empty).
    """
    people = labeler_frame(seen)
    people = people[people["effect"].notna()].head(LABELERS)
    keys = (("accepted", "of"), ("confirmed_accepted", "confirmed"))
    rows = [
        (name, place, seen.readings.detail[code].get(hits), seen.readings.detail[code].get(of))
        for code, name in zip(people["code"], people["labeler"], strict=True)
        for place, (hits, of) in zip(PLACES, keys, strict=True)
    ]
    return with_shares(pd.DataFrame(rows, columns=_COLUMNS)).assign(note="")


def draw(found: pd.DataFrame) -> Drawing:
    """Draw both shares: who looks at the item takes over fewer of the wrong suggestions."""
    return drawn_pairs(
        found,
        PLACES,
        "share of suggestions accepted",
        "Who takes over what the model suggests",
        "Who looks at the item accepts right suggestions more often than wrong ones. Where the "
        "two points lie together at the right, the model labels and nobody checks it.",
    )


CHART = SignalChart(frame=frame, draw=draw)
