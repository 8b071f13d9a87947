"""An audit before it is drawn: what its size promises, and where its items come from."""

import altair as alt
import pandas as pd

from labeltrust.charts._look import INK, ORDINARY, SUSPECT, UNKNOWN, WIDTH, Drawing, finished

_WAYS = {
    "margin": "as planned",
    "random": "plain random sample",
    "endless": "as planned, endless items",
    "expected": "as planned, if the posterior is right",
}
_GREEN = "#009E73"
_PARTS = {"population": "of all items", "drawn": "of the sample"}


def draw_promises(found: pd.DataFrame, size: int, margin: float) -> Drawing:
    """Draw the margin by the size of the sample, with the planned size marked.

    Args:
        found: Columns size, margin, random, endless; expected where items are drawn by the
            posterior.
        size: Items that are planned.
        margin: What they promise.
    """
    ways = [way for way in _WAYS if way in found and found[way].notna().any()]
    long = found.melt("size", ways, "way", "half_width").replace({"way": _WAYS})
    names = [_WAYS[way] for way in ways]
    scale = alt.Scale(domain=names, range=[SUSPECT, ORDINARY, UNKNOWN, _GREEN][: len(names)])
    lines = (
        alt.Chart(long)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("size:Q", title="items re-labeled", scale=alt.Scale(type="log", nice=False)),
            y=alt.Y(
                "half_width:Q",
                title="half width at worst",
                axis=alt.Axis(format=".0%"),
                scale=alt.Scale(type="log", nice=False),
            ),
            color=alt.Color("way:N", scale=scale, title=None, legend=alt.Legend(labelLimit=300)),
            strokeDash=alt.StrokeDash("way:N", sort=names, legend=None),
            tooltip=[
                alt.Tooltip("way:N", title="sample"),
                alt.Tooltip("size:Q", title="items"),
                alt.Tooltip("half_width:Q", title="half width", format=".1%"),
            ],
        )
    )
    here = pd.DataFrame({"size": [size], "margin": [margin]})
    point = alt.Chart(here).mark_point(filled=True, size=110, color=SUSPECT, opacity=1)
    rule = alt.Chart(here).mark_rule(color=INK, strokeDash=[4, 3])
    marked = point.encode(x="size:Q", y="margin:Q")
    return finished(
        alt.layer(rule.encode(x="size:Q"), lines, marked).properties(width=WIDTH, height=240),
        "What a sample of each size promises",
        "Half width of the 95 % interval of the error rate, if half of all labels were wrong"
        + ("; by the posterior, also as it is to be expected" if "expected" in ways else "")
        + ". The dot is the plan; both axes are logarithmic.",
    )


def draw_strata(found: pd.DataFrame) -> Drawing:
    """Draw each part's share of the items beside its share of the sample.

    Args:
        found: Columns kind, label, population, drawn; window and signal where parts are told apart
            by them.
    """
    order = _part_names(found)
    long = found.assign(part=order).melt(["part", "probability"], list(_PARTS), "who", "items")
    share = long["items"] / long.groupby("who")["items"].transform("sum")
    long = long.assign(share=share).replace({"who": _PARTS})
    names = list(_PARTS.values())
    scale = alt.Scale(domain=names, range=[ORDINARY, SUSPECT])
    bars = (
        alt.Chart(long)
        .mark_bar()
        .encode(
            y=alt.Y("part:N", sort=order, title="others said, class given"),
            yOffset=alt.YOffset("who:N", sort=names),
            x=alt.X("share:Q", title="share", axis=alt.Axis(format=".0%")),
            color=alt.Color("who:N", scale=scale, title="share"),
            tooltip=[
                alt.Tooltip("part:N", title="part"),
                alt.Tooltip("who:N", title="share"),
                alt.Tooltip("items:Q", title="items"),
                alt.Tooltip("share:Q", title="share", format=".1%"),
                alt.Tooltip("probability:Q", title="chance of each item", format=".1%"),
            ],
        )
    )
    return finished(
        bars.properties(width=WIDTH, height=36 * len(order)),
        "Where the sample comes from",
        "Some parts are drawn more often than they occur, the others less: every item's chance is "
        "known, and weighs it in the result.",
    )


def _part_names(found: pd.DataFrame) -> list[str]:
    """Return a name for each part: what others said, the class given, and what else tells it."""
    told = found.assign(label=found["label"].fillna("all"))
    columns = [name for name in ("kind", "label", "window", "signal") if name in told]
    rows = told[columns].itertuples(index=False)
    return [", ".join(word for word in row if isinstance(word, str)) for row in rows]
