"""Dashboards: what is left of budgets, how provenance stood, how the mix of labels moved."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from labeltrust.charts._look import INK, ORDINARY, SUSPECT, WIDTH, Drawing, finished

_ROW = 24
_MOST_CLASSES = 12
_BEFORE = "four weeks before"
ANY_OTHER_CLASS = "any other"


def budget_frame(measures: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return one row a measure whose budget is known: measure, left, low, high, state.

    Args:
        measures: `title`, and `left`, `low`, `high` as shares of the budget; None where unknown.
    """
    rows = [
        {**one, "measure": one["title"], "state": "overspent" if one["left"] < 0 else "left"}
        for one in measures
        if one["left"] is not None
    ]
    return pd.DataFrame(rows, columns=["measure", "left", "low", "high", "state"])


def draw_budgets(found: pd.DataFrame) -> Drawing:
    """Draw what is left of each budget as a bar; beyond zero it is overspent."""
    scale = alt.Scale(domain=["left", "overspent"], range=[ORDINARY, SUSPECT])
    # Far overspent is far overspent: the scale must not hide the others.
    shown = found.assign(
        shown=found["left"].astype(float).clip(-1, 1),
        low_shown=found["low"].astype(float).clip(-1, 1),
        high_shown=found["high"].astype(float).clip(-1, 1),
    )
    base = alt.Chart(shown).encode(y=alt.Y("measure:N", title=None, sort=None))
    bars = base.mark_bar(height=14).encode(
        x=alt.X("shown:Q", title="left of thirty days' budget", axis=alt.Axis(format=".0%"),
                scale=alt.Scale(domain=[-1, 1])),
        color=alt.Color("state:N", scale=scale, title=None),
        tooltip=[
            alt.Tooltip("measure:N", title="measure"),
            alt.Tooltip("left:Q", title="left", format=".1%"),
            alt.Tooltip("low:Q", title="from", format=".1%"),
            alt.Tooltip("high:Q", title="to", format=".1%"),
        ],
    )  # fmt: skip
    whiskers = base.mark_rule(color=INK, strokeWidth=2).encode(x="low_shown:Q", x2="high_shown:Q")
    return finished(
        alt.layer(bars, whiskers).properties(width=WIDTH, height=_ROW * max(len(found), 1)),
        "Error budgets",
        "What is left of what may be bad in thirty days, with the 95 % interval as a line; to the "
        "left of zero more than that was bad.",
    )


def budget_words(found: pd.DataFrame) -> str:
    """Return which budgets are overspent and which is the smallest, in words."""
    if found.empty:
        return "No budget is known yet: nothing was counted, or too little."
    over = found[found["left"] < 0]["measure"].tolist()
    least = found.sort_values("left", kind="stable").iloc[0]
    said = f"Overspent: {', '.join(over)}." if over else "No budget is overspent."
    return f"{said} The least is left of {least['measure']}: {least['left']:.0%}."


def provenance_frame(points: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return one row an assessment: at, share of labels whose provenance is complete."""
    rows = [
        {"at": pd.Timestamp(point["as_of"]), "share": point["provenance"]}
        for point in points
        if point["provenance"] is not None
    ]
    return pd.DataFrame(rows, columns=["at", "share"])


def draw_provenance(found: pd.DataFrame) -> Drawing:
    """Draw the coverage of provenance over time."""
    line = (
        alt.Chart(found)
        .mark_line(color=ORDINARY, strokeWidth=2, point=True)
        .encode(
            x=alt.X("at:T", title="assessed (UTC)", axis=alt.Axis(format="%d %b %H:%M")),
            y=alt.Y("share:Q", title="complete", axis=alt.Axis(format=".1%"),
                    scale=alt.Scale(zero=False, domainMax=1)),
            tooltip=[
                alt.Tooltip("at:T", title="assessed", format="%Y-%m-%d %H:%M"),
                alt.Tooltip("share:Q", title="complete", format=".3%"),
            ],
        )
    )  # fmt: skip
    return finished(
        line.properties(width=WIDTH, height=200),
        "Provenance coverage",
        "Share of labels whose source, delivery and place in the history are known; one point an "
        "assessment. The objective is all of them.",
    )


def provenance_words(found: pd.DataFrame) -> str:
    """Return how much of the labels has a provenance, in words."""
    if found.empty:
        return "Nothing was assessed yet."
    last = found.iloc[-1]["share"]
    if last == 1:
        return "Every label says where it came from."
    return f"{1 - last:.2%} of the labels do not say where they came from."


def mix_change_frame(classes: Sequence[tuple[str, int, int]]) -> pd.DataFrame:
    """Return one row a class and time: label, when, share, labels, of.

    Args:
        classes: Class, its labels in the four weeks before, and in this week.
    """
    common = sorted(classes, key=lambda one: -(one[1] + one[2]))
    kept, rest = common[:_MOST_CLASSES], common[_MOST_CLASSES:]
    if rest:
        kept = [*kept, (ANY_OTHER_CLASS, sum(r[1] for r in rest), sum(r[2] for r in rest))]
    before, now = sum(old for _, old, _ in classes), sum(new for _, _, new in classes)
    rows = [
        {"label": label, "when": when, "share": n / total, "labels": n, "of": total}
        for label, old, new in kept
        for when, n, total in ((_BEFORE, old, before), ("this week", new, now))
        if total > 0
    ]
    return pd.DataFrame(rows, columns=["label", "when", "share", "labels", "of"])


def draw_mix_change(found: pd.DataFrame) -> Drawing:
    """Draw both histograms beside each other."""
    order = [_BEFORE, "this week"]
    names = found["label"].drop_duplicates().tolist()
    bars = (
        alt.Chart(found)
        .mark_bar()
        .encode(
            y=alt.Y("label:N", title=None, sort=names),
            yOffset=alt.YOffset("when:N", sort=order),
            x=alt.X("share:Q", title="share of labels", axis=alt.Axis(format=".0%")),
            color=alt.Color("when:N", title=None,
                            scale=alt.Scale(domain=order, range=[ORDINARY, SUSPECT])),
            tooltip=[
                alt.Tooltip("label:N", title="label"),
                alt.Tooltip("when:N", title="when"),
                alt.Tooltip("share:Q", title="share", format=".1%"),
                alt.Tooltip("labels:Q", title="labels"),
                alt.Tooltip("of:Q", title="of"),
            ],
        )
    )  # fmt: skip
    return finished(
        bars.properties(width=WIDTH, height=2 * _ROW * max(len(names), 1)),
        "Labels before and after",
        "How often each label was chosen in the four weeks before and in the last seven days, by "
        "the time at which it was received.",
    )


def mix_change_words(found: pd.DataFrame) -> str:
    """Return which class moved most, in words."""
    if found.empty:
        return "No labels were counted in the last five weeks."
    wide = found.pivot_table(index="label", columns="when", values="share", sort=False)
    if len(wide.columns) < 2:  # noqa: PLR2004 - both times
        return f"All labels are of {found.iloc[0]['when']}: there is nothing to compare with."
    moved = (wide["this week"] - wide[_BEFORE]).fillna(0.0)
    top = str(moved.abs().sort_values(kind="stable").index[-1])
    now, before = (float(wide[when].fillna(0.0)[top]) for when in ("this week", _BEFORE))
    return f"\u201c{top}\u201d moved most: {now:.1%} this week, {before:.1%} before."
