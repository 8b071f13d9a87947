"""The suspects of an incident in time: unseen, flagged, held out."""

import altair as alt
import pandas as pd

from labeltrust.charts._look import ORDINARY, ROW, SUSPECT, WIDTH, Drawing, finished

SHOWN = 30
UNSEEN, FLAGGED, HELD = "before it was flagged", "flagged, not held out", "held out"
_SHADES = [SUSPECT, "#E69F00", ORDINARY]


def draw_spans(found: pd.DataFrame) -> Drawing:
    """Draw a bar a suspect, in up to three parts.

    Args:
        found: Columns suspect, part (`UNSEEN`, `FLAGGED` or `HELD`), start, end; in order.
    """
    names = found["suspect"].drop_duplicates().tolist()[:SHOWN]
    parts = [UNSEEN, FLAGGED, HELD]
    scale = alt.Scale(domain=parts, range=_SHADES)
    base = alt.Chart(found[found["suspect"].isin(names)]).encode(
        x=alt.X("start:T", title="time (UTC)", axis=alt.Axis(tickCount=6)),
        y=alt.Y("suspect:N", sort=names, title=None),
        color=alt.Color("part:N", title=None, scale=scale),
    )
    bars = base.mark_bar(height={"band": 0.5}).encode(x2="end:T")
    begins = base.mark_tick(thickness=4, height={"band": 0.9}, opacity=1)
    return finished(
        alt.layer(bars, begins).properties(width=WIDTH, height=1.6 * ROW * max(len(names), 1)),
        "Suspects in time",
        "From the estimated onset, where there is one, to the flag, the freeze, and the end of "
        "the freeze or of the record.",
    )
