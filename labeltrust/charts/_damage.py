"""What suspects did: training labels that turn without them, and how often they err."""

import altair as alt
import pandas as pd

from labeltrust.charts._look import INK, ORDINARY, ROW, SUSPECT, UNKNOWN, WIDTH, Drawing, finished

WHO = {"wrong_rate": "suspects", "usual_rate": "others, same items"}
SHOWN = 12
"""Pairs of labels that are drawn, the most frequent first."""
_LONGEST = 40


def draw_changes(found: pd.DataFrame) -> Drawing:
    """Draw how many items go from one training label to another without the suspects.

    Args:
        found: Columns before, after (None: no label), items; most items first.
    """
    shown = found.head(SHOWN)
    ends = [shown[name].map(_short) for name in ("before", "after")]
    shown = shown.assign(
        change=[" \u2192 ".join(pair) for pair in zip(*ends, strict=True)],
        left=["no label is left" if lost else "another label" for lost in shown["after"].isna()],
    )
    scale = alt.Scale(domain=["another label", "no label is left"], range=[SUSPECT, UNKNOWN])
    base = alt.Chart(shown).encode(
        y=alt.Y("change:N", sort=None, title=None, axis=alt.Axis(labelLimit=260)),
        x=alt.X("items:Q", title="items", axis=alt.Axis(tickMinStep=1, format="d")),
    )
    bars = base.mark_bar().encode(
        color=alt.Color("left:N", scale=scale, title=None),
        tooltip=[alt.Tooltip("change:N", title="label"), alt.Tooltip("items:Q", title="items")],
    )
    numbers = base.mark_text(align="left", dx=4, color=INK).encode(text="items:Q")
    return finished(
        alt.layer(bars, numbers).properties(width=WIDTH, height=2 * ROW * max(len(shown), 1)),
        "Training labels that change without the suspects",
        "From the label with the suspects' labels to the one without them.",
    )


def draw_shares(found: pd.DataFrame) -> Drawing:
    """Draw the shares of wrong labels, of suspects and of others, with their intervals.

    Args:
        found: Columns name, value, low, high, n; only rows of `WHO` with a value are drawn.
    """
    shown = found[found["name"].isin(list(WHO))].dropna(subset=["value"]).replace({"name": WHO})
    names = list(WHO.values())
    color = alt.Scale(domain=names, range=[SUSPECT, ORDINARY])
    shape = alt.Scale(domain=names, range=["diamond", "circle"])
    axis = alt.Axis(format=".0%")
    base = alt.Chart(shown).encode(
        y=alt.Y("name:N", sort=names, title=None),
        color=alt.Color("name:N", scale=color, legend=None),
        tooltip=[
            alt.Tooltip("name:N", title="labels of"),
            alt.Tooltip("value:Q", title="wrong", format=".1%"),
            alt.Tooltip("low:Q", title="from", format=".1%"),
            alt.Tooltip("high:Q", title="to", format=".1%"),
            alt.Tooltip("n:Q", title="audited"),
        ],
    )
    across = alt.X(
        "low:Q", title="share of wrong labels", axis=axis, scale=alt.Scale(domain=[0, 1])
    )
    spans = base.mark_rule(strokeWidth=3).encode(x=across, x2="high:Q")
    points = base.mark_point(filled=True, size=90, opacity=1).encode(
        x="value:Q", shape=alt.Shape("name:N", scale=shape, legend=None)
    )
    return finished(
        alt.layer(spans, points).properties(width=WIDTH, height=90),
        "How often suspects err, and others on the same items",
        "Weighed up to all labels of the suspects who were audited. Lines are 95 % intervals.",
    )


def _short(label: object) -> str:
    text = label if isinstance(label, str) else "no label"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "\u2026"
