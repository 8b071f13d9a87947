"""How often each labeler disagrees on items with a feature, and on items without it."""

import pandas as pd

from labeltrust.charts._base import Seen, SignalChart, labeler_frame
from labeltrust.charts._look import Drawing
from labeltrust.charts._pairs_of_shares import LABELERS, drawn_pairs, with_shares

PLACES = ("items with the feature", "the other items")
_COLUMNS = ["labeler", "place", "hits", "of", "note"]


def frame(seen: Seen) -> pd.DataFrame:
    """Return two rows a labeler, most suspect first: with the feature found, and without it.

    Returns:
        Columns labeler, place, hits (disagreements), of, share, low, high, note (the feature, its
        value and the class).
    """
    people = labeler_frame(seen)
    people = people[people["effect"].notna()].head(LABELERS)
    rows = []
    for code, name in zip(people["code"], people["labeler"], strict=True):
        said = seen.readings.detail[code]
        true = said.get("true")
        on = f" among {seen.words.fitted[true]}" if isinstance(true, int) else ""
        note = f"{said.get('feature')} {said.get('value')}{on}"
        rows += [
            (name, PLACES[0], said.get("disagreed"), said.get("of"), note),
            (name, PLACES[1], said.get("elsewhere"), said.get("of_others"), ""),
        ]
    return with_shares(pd.DataFrame(rows, columns=_COLUMNS))


def draw(found: pd.DataFrame) -> Drawing:
    """Draw both shares: a trigger shows as a point far to the right of the other."""
    return drawn_pairs(
        found,
        PLACES,
        "labels that differ from what the others believe",
        "Disagreement where items carry a feature, and elsewhere",
        "Each labeler with the feature that separates him most. Two points close together: he errs "
        "alike everywhere. A diamond far to the right: only on those items.",
    )


CHART = SignalChart(frame=frame, draw=draw)
