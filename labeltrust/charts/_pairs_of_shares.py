"""Two shares of one labeler side by side: where it matters, and where it does not."""

import altair as alt
import pandas as pd

from labeltrust.charts._look import INK, ORDINARY, ROW, SUSPECT, WIDTH, Drawing, finished
from labeltrust.metrics.gold_accuracy import wilson

LABELERS = 25


def with_shares(found: pd.DataFrame) -> pd.DataFrame:
    """Add share, low and high (Wilson, 95 %) to a frame with the columns hits and of."""
    share = wilson(found["hits"].to_numpy(float), found["of"].to_numpy(float), "nothing counted")
    return found.assign(share=share.value, low=share.low, high=share.high)


def drawn_pairs(
    found: pd.DataFrame, places: tuple[str, str], axis: str, title: str, subtitle: str
) -> Drawing:
    """Draw two shares with intervals a labeler.

    Args:
        found: Columns labeler, place, hits, of, share, low, high, note (words beside the
            interval, mostly none); labelers in order.
        places: The place that matters, and the one to compare with.
        axis: What the shares are of.
        title: What the chart shows.
        subtitle: How to read it.
    """
    scale = alt.Scale(domain=list(places), range=[SUSPECT, ORDINARY])
    shapes = alt.Scale(domain=list(places), range=["diamond", "circle"])
    legend = alt.Legend(title=None, labelLimit=400, columns=1, symbolOpacity=1)
    base = alt.Chart(found).encode(
        y=alt.Y("labeler:N", sort=None, title=None),
        color=alt.Color("place:N", scale=scale, legend=legend),
        tooltip=[
            alt.Tooltip("labeler:N", title="labeler"),
            alt.Tooltip("place:N", title="where"),
            alt.Tooltip("hits:Q", title="times"),
            alt.Tooltip("of:Q", title="of"),
            alt.Tooltip("share:Q", title="share", format=".1%"),
        ],
    )
    across = alt.X("low:Q", title=axis, axis=alt.Axis(format=".0%"))
    rules = base.mark_rule(opacity=0.6).encode(x=across, x2="high:Q")
    points = base.mark_point(filled=True, size=60, opacity=1).encode(
        x="share:Q", shape=alt.Shape("place:N", scale=shapes, legend=legend)
    )
    notes = base.mark_text(align="left", dx=6, fontSize=11, limit=220).encode(
        x="high:Q", text="note:N", color=alt.value(INK)
    )
    height = ROW * max(found["labeler"].nunique(), 1)
    chart = alt.layer(rules, points, notes).properties(width=WIDTH, height=height)
    return finished(chart, title, subtitle)
