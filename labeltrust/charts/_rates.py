"""Shares of many things side by side, each with its interval."""

import altair as alt
import pandas as pd

from labeltrust.charts._look import ORDINARY, SUSPECT, UNKNOWN, WIDTH, Drawing, finished

_BAND = 26
_COLOURS, _SHAPES = (ORDINARY, SUSPECT, UNKNOWN), ("circle", "diamond", "square")


def draw_rates(found: pd.DataFrame, title: str, subtitle: str, *, shape: str = "kind") -> Drawing:
    """Draw a point with its interval for each name and kind, names from top to bottom.

    Args:
        found: Columns name, kind (three at most), value, low, high (shares), n; rows without a
            value are left out.
        title: What is shown.
        subtitle: How to read it.
        shape: What a kind is called in the legend.

    >>> one = {"name": "flip", "kind": "found", "value": 1.0, "low": 0.2, "high": 1.0, "n": 1}
    >>> draw_rates(pd.DataFrame([one]), "Drills", "Shares.").to_dict()["title"]["text"]
    'Drills'
    """
    shown = found.dropna(subset=["value"])
    names, kinds = (shown[column].drop_duplicates().tolist() for column in ("name", "kind"))
    color = alt.Scale(domain=kinds, range=list(_COLOURS[: len(kinds)]))
    shapes = alt.Scale(domain=kinds, range=list(_SHAPES[: len(kinds)]))
    legend = alt.Legend() if len(kinds) > 1 else None
    base = alt.Chart(shown.assign(value=shown["value"].astype(float))).encode(
        y=alt.Y("name:N", sort=names, title=None, scale=alt.Scale(paddingInner=0.2)),
        yOffset=alt.YOffset("kind:N", sort=kinds),
        color=alt.Color("kind:N", scale=color, title=None, legend=legend),
        tooltip=[
            alt.Tooltip("name:N", title="of"),
            alt.Tooltip("kind:N", title=shape),
            alt.Tooltip("value:Q", title="share", format=".1%"),
            alt.Tooltip("low:Q", title="from", format=".1%"),
            alt.Tooltip("high:Q", title="to", format=".1%"),
            alt.Tooltip("n:Q", title="n"),
        ],
    )
    axis = alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1])
    across = alt.X("low:Q", title="share", axis=axis, scale=alt.Scale(domain=[0, 1]))
    spans = base.mark_rule(strokeWidth=3).encode(x=across, x2="high:Q")
    points = base.mark_point(filled=True, size=80, opacity=1).encode(
        x="value:Q", shape=alt.Shape("kind:N", scale=shapes, title=None, legend=legend)
    )
    height = _BAND * max(len(names), 1) * max(len(kinds), 1)
    return finished(
        alt.layer(spans, points).properties(width=WIDTH, height=height), title, subtitle
    )
