"""How often each labeler disagrees on items whose text holds a word, and on all others."""

import pandas as pd

from labeltrust.charts._base import Seen, SignalChart, labeler_frame
from labeltrust.charts._look import Drawing
from labeltrust.charts._pairs_of_shares import LABELERS, drawn_pairs, with_shares

PLACES = ("items with the word", "the other items")
_COLUMNS = ["labeler", "place", "hits", "of", "note"]


def frame(seen: Seen) -> pd.DataFrame:
    """Return two rows a labeler, most suspect first: with the word found, and without it.

    Returns:
        Columns labeler, place, hits (disagreements), of, share, low, high, note (the word,
        the class given and the p-value).
    """
    people = labeler_frame(seen)
    people = people[people["effect"].notna()].head(LABELERS)
    rows = []
    for code, name in zip(people["code"], people["labeler"], strict=True):
        said = seen.readings.detail[code]
        given = said.get("said")
        as_what = f" called {seen.words.fitted[given]}" if isinstance(given, int) else ""
        note = f"{said.get('word')}{as_what}, p {seen.readings.p_value[code]:.2g}"
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
        "Disagreement where texts hold a word, and elsewhere",
        "Each labeler with the word that separates him most. Among so many words everybody has one "
        "by chance; the p-value beside it is charged for all of them.",
    )


CHART = SignalChart(frame=frame, draw=draw)
