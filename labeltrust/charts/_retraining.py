"""Two models, trained with and without the suspects' labels, side by side."""

import altair as alt
import pandas as pd

from labeltrust.charts._look import ORDINARY, SUSPECT, WIDTH, Drawing, finished

_CHANGE = "change"


def draw_measures(found: pd.DataFrame, target: str) -> Drawing:
    """Draw recall and precision before and after, with their intervals.

    Args:
        found: Columns measure, trained, value, value_low, value_high, value_n; rows of changes are
            left out.
        target: The class that is looked for.
    """
    shown = found[found["trained"] != _CHANGE].dropna(subset=["value"])
    names = list(dict.fromkeys(found.loc[found["trained"] != _CHANGE, "trained"]))
    scale = alt.Scale(domain=names, range=[SUSPECT, ORDINARY])
    shape = alt.Scale(domain=names, range=["diamond", "circle"])
    base = alt.Chart(shown).encode(
        y=alt.Y("measure:N", sort=["recall", "precision"], title=None),
        yOffset=alt.YOffset("trained:N", sort=names),
        color=alt.Color("trained:N", scale=scale, title="trained"),
        tooltip=[
            alt.Tooltip("measure:N", title="measure"),
            alt.Tooltip("trained:N", title="trained"),
            alt.Tooltip("value:Q", title="share", format=".1%"),
            alt.Tooltip("value_low:Q", title="from", format=".1%"),
            alt.Tooltip("value_high:Q", title="to", format=".1%"),
            alt.Tooltip("value_n:Q", title="items"),
        ],
    )
    axis = alt.Axis(format=".0%")
    across = alt.X("value_low:Q", title="share of items", axis=axis, scale=alt.Scale(domain=[0, 1]))
    spans = base.mark_rule(strokeWidth=3).encode(x=across, x2="value_high:Q")
    points = base.mark_point(filled=True, size=90, opacity=1).encode(
        x="value:Q", shape=alt.Shape("trained:N", scale=shape, title="trained")
    )
    return finished(
        alt.layer(spans, points).properties(width=WIDTH, height=130),
        f"How well \u201c{target}\u201d is found on trusted items",
        "Recall: share of the items of the class that are found. Precision: share of the items "
        "named that are of the class. Lines are 95 % intervals.",
    )


def draw_turned(found: pd.DataFrame, target: str) -> Drawing:
    """Draw how many items of the class both, one, or neither model finds.

    Args:
        found: Columns found, items.
        target: The class that is looked for.
    """
    base = alt.Chart(found).encode(
        y=alt.Y("found:N", sort=None, title="found", axis=alt.Axis(labelLimit=220)),
        x=alt.X("items:Q", title="trusted items of the class"),
    )
    bars = base.mark_bar(color=ORDINARY).encode(
        color=alt.condition(
            alt.FieldOneOfPredicate(field="found", oneOf=list(found["found"])[1:3]),
            alt.value(SUSPECT),
            alt.value(ORDINARY),
        )
    )
    numbers = base.mark_text(align="left", dx=4, color="#7b818a").encode(text="items:Q")
    return finished(
        alt.layer(bars, numbers).properties(width=WIDTH, height=140),
        f"Which \u201c{target}\u201d the two models find",
        "Each trusted item of the class stands in one bar. Only the orange ones tell the models "
        "apart: the change of recall is their difference.",
    )
