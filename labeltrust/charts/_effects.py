"""Each labeler's effect with its interval, against the honest population: any signal's chart."""

import altair as alt
import pandas as pd

from labeltrust.charts._base import SHOWN, Seen, SignalChart, labeler_frame
from labeltrust.charts._look import INK, ROW, WIDTH, Drawing, finished, status_color, status_shape


def frame(seen: Seen) -> pd.DataFrame:
    """Return `labeler_frame` of those who have an effect, with how many there are."""
    found = labeler_frame(seen)
    known = found[found["effect"].notna()]
    shown = known.head(SHOWN).sort_values("effect", ascending=False, kind="stable")
    return shown.assign(of=len(known), title=seen.signal.title.capitalize())


def draw(found: pd.DataFrame) -> Drawing:
    """Draw the forest: point and 95 % interval a labeler, band where 95 % of honest ones lie."""
    unit = str(found["unit"].iloc[0]) if len(found) else "effect"
    title = str(found["title"].iloc[0]) if len(found) else "Nobody can be compared"
    total = int(found["of"].iloc[0]) if len(found) else 0
    height = ROW * max(len(found), 1)
    band, middle = _population(found, height)
    rules, points = forest(found, unit)
    return finished(
        alt.layer(band, middle, rules, points).properties(width=WIDTH, height=height),
        title,
        "Each labeler with the 95 % interval. The band holds 95 % of the honest population: who "
        f"lies to the right of it by more than chance stands out. {len(found)} of {total} "
        "labelers.",
    )


def forest(found: pd.DataFrame, unit: str) -> tuple[alt.Chart, alt.Chart]:
    """Return intervals and points of a frame with effect, low, high, labeler and status."""
    base = alt.Chart(found).encode(
        y=alt.Y("labeler:N", sort=None, title=None, axis=alt.Axis(labelOverlap=False)),
        color=status_color(),
        tooltip=[
            alt.Tooltip("labeler:N", title="labeler"),
            alt.Tooltip("effect:Q", title=unit, format=".3f"),
            alt.Tooltip("low:Q", title="from", format=".3f"),
            alt.Tooltip("high:Q", title="to", format=".3f"),
            alt.Tooltip("n:Q", title="n"),
        ],
    )
    across = alt.X("low:Q", title=unit, scale=alt.Scale(zero=False))
    rules = base.mark_rule(strokeWidth=2).encode(x=across, x2="high:Q")
    points = base.mark_point(filled=True, size=60, opacity=1)
    return rules, points.encode(x="effect:Q", shape=status_shape())


def _population(found: pd.DataFrame, height: int) -> tuple[alt.Chart, alt.Chart]:
    one = alt.Chart(found.head(1).dropna(subset=["population"]))
    ends = {"y": alt.value(0), "y2": alt.value(height)}
    band = one.mark_rect(color=INK, opacity=0.22).encode(
        x="honest_low:Q", x2="honest_high:Q", **ends
    )
    middle = one.mark_rule(color=INK, strokeDash=[4, 3]).encode(x="population:Q", **ends)
    return band, middle


EFFECTS = SignalChart(frame=frame, draw=draw)
