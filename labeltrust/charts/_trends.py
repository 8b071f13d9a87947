"""A project over time: agreement and gold from assessment to assessment, labels day by day."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from labeltrust.charts._look import INK, ORDINARY, SUSPECT, WIDTH, Drawing, finished
from labeltrust.domain.clock import moment

DAY_US = 86_400_000_000
CLASSES = 8
"""Classes with a colour of their own; the rest are one."""
ANY_OTHER = "any other"
_WIDE = 560
_PALETTE = [
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6BB1", "#B0A030",
    "#8a8f98",
]  # fmt: skip
_ALPHA, _GOLD = "Krippendorff's alpha", "gold accuracy"


def agreement_frame(points: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return one row a point and number: at, number, value, low, high.

    Args:
        points: `as_of`, and value, low and high of `alpha` and of `gold`; None where undefined.
    """
    rows = [
        {
            "at": pd.Timestamp(point["as_of"]),
            "number": words,
            "value": point[name],
            "low": point[f"{name}_low"],
            "high": point[f"{name}_high"],
        }
        for name, words in (("alpha", _ALPHA), ("gold", _GOLD))
        for point in points
        if point[name] is not None
    ]
    return pd.DataFrame(rows, columns=["at", "number", "value", "low", "high"])


def draw_agreement(found: pd.DataFrame) -> Drawing:
    """Draw both numbers as lines with their intervals as bands."""
    scale = alt.Scale(domain=[_ALPHA, _GOLD], range=[ORDINARY, SUSPECT])
    color = alt.Color("number:N", scale=scale, title=None, legend=alt.Legend(symbolOpacity=1))
    across = alt.X("at:T", title="assessed (UTC)", axis=alt.Axis(format="%d %b %H:%M"))
    base = alt.Chart(found).encode(x=across, color=color)
    band = base.mark_area(opacity=0.2).encode(y=alt.Y("low:Q", title=None), y2="high:Q")
    line = base.mark_line(strokeWidth=2, point=True).encode(
        y=alt.Y("value:Q", title="value", scale=alt.Scale(zero=False)),
        strokeDash=alt.StrokeDash("number:N", legend=None),
        tooltip=[
            alt.Tooltip("at:T", title="assessed", format="%Y-%m-%d %H:%M"),
            alt.Tooltip("number:N", title="number"),
            alt.Tooltip("value:Q", title="value", format=".3f"),
            alt.Tooltip("low:Q", title="from", format=".3f"),
            alt.Tooltip("high:Q", title="to", format=".3f"),
        ],
    )
    return finished(
        alt.layer(band, line).properties(width=WIDTH, height=200),
        "Agreement and gold over time",
        "One point an assessment, with the 95 % interval as a band.",
    )


def agreement_words(found: pd.DataFrame) -> str:
    """Return where each number stands and how it moved, in words."""
    said = [_moved(name, found[found["number"] == name]) for name in (_ALPHA, _GOLD)]
    return " ".join(one for one in said if one) or "Nothing could be measured yet."


def _moved(name: str, found: pd.DataFrame) -> str:
    if found.empty:
        return ""
    first, last = found.iloc[0], found.iloc[-1]
    name = name[0].upper() + name[1:]
    now = f"{name} is {last['value']:.2f} ({last['low']:.2f} to {last['high']:.2f})"
    if len(found) == 1:
        return f"{now}, at the only assessment so far."
    return f"{now}; it was {first['value']:.2f} on {first['at']:%Y-%m-%d}."


def days_frame(figures: Mapping[str, Any], words: Sequence[str]) -> pd.DataFrame:
    """Return one row a day and class: day, label, share, labels, of; rare classes together."""
    days = figures.get("days") or {"first": 0, "counts": []}
    counts = np.array(days["counts"], dtype=np.float64).reshape(-1, max(len(words), 1))
    kept = np.sort(np.argsort(-counts.sum(axis=0), kind="stable")[:CLASSES])
    shown = counts[:, kept]
    names = [words[k] for k in kept] if words else []
    rest = counts.sum(axis=1) - shown.sum(axis=1)
    if rest.any():
        shown, names = np.column_stack([shown, rest]), [*names, ANY_OTHER]
    total = counts.sum(axis=1)
    rows = [
        {
            "day": pd.Timestamp(moment((days["first"] + d) * DAY_US)),
            "label": name,
            "share": float(shown[d, k] / total[d]),
            "labels": int(shown[d, k]),
            "of": int(total[d]),
        }
        for d in range(len(counts))
        for k, name in enumerate(names)
        if total[d] > 0
    ]
    return pd.DataFrame(rows, columns=["day", "label", "share", "labels", "of"])


def draw_days(found: pd.DataFrame, events: Sequence[tuple[datetime, str]]) -> Drawing:
    """Draw the shares of labels as stacked bars a day, with what happened as upright lines."""
    names = found["label"].drop_duplicates().tolist()
    scale = alt.Scale(domain=names, range=_PALETTE[: len(names)])
    bars = (
        alt.Chart(found)
        .mark_rect()
        .transform_stack(stack="share", groupby=["day"], as_=["from", "to"])
        .transform_calculate(end=f"datum.day + {DAY_US // 1000}")
        .encode(
            x=alt.X("day:T", title="time of the label (UTC)", axis=alt.Axis(format="%d %b")),
            x2="end:T",
            y=alt.Y("from:Q", title="share of labels", axis=alt.Axis(format=".0%"),
                    scale=alt.Scale(domain=[0, 1])),
            y2="to:Q",
            color=alt.Color("label:N", scale=scale, title=None),
            tooltip=[
                alt.Tooltip("day:T", title="day", format="%Y-%m-%d"),
                alt.Tooltip("label:N", title="label"),
                alt.Tooltip("share:Q", title="share", format=".1%"),
                alt.Tooltip("labels:Q", title="labels"),
            ],
        )
    )  # fmt: skip
    layers: list[alt.Chart] = [bars]
    if events and len(found):
        layers.append(_marks(found, events))
    return finished(
        alt.layer(*layers).properties(width=_WIDE, height=220),
        "Labels day by day",
        "Each day adds up to all of its labels. Dashed: a flag opened, a freeze placed or lifted, "
        "or a snapshot made; point at one to read which.",
    )


def _marks(found: pd.DataFrame, events: Sequence[tuple[datetime, str]]) -> alt.Chart:
    frame = pd.DataFrame(
        {"at": [pd.Timestamp(at) for at, _ in events], "what": [what for _, what in events]}
    )
    frame = frame[frame["at"] >= found["day"].min()]
    rule = alt.Chart(frame).mark_rule(color=INK, strokeDash=[4, 3], strokeWidth=2)
    marks: alt.Chart = rule.encode(
        x="at:T",
        tooltip=[
            alt.Tooltip("at:T", title="at", format="%Y-%m-%d %H:%M"),
            alt.Tooltip("what:N", title="what"),
        ],
    )
    return marks


def days_words(found: pd.DataFrame) -> str:
    """Return what most labels are and how that moved in the last week, in words."""
    if found.empty:
        return "No labels yet."
    last = found["day"].max()
    late = found[found["day"] > last - pd.Timedelta(days=7)]
    early = found[found["day"] <= last - pd.Timedelta(days=7)]
    now = late.groupby("label", sort=False)["labels"].sum()
    total = int(now.sum())
    top = str(now.drop(ANY_OTHER, errors="ignore").idxmax())
    said = (
        f"In the last seven days up to {last:%Y-%m-%d}, {total:,} labels; the commonest is "
        f"\u201c{top}\u201d, {now[top] / total:.0%}"
    )
    if early.empty:
        return f"{said}."
    before = early.groupby("label", sort=False)["labels"].sum()
    return f"{said}, against {before.get(top, 0) / before.sum():.0%} in the weeks before."
