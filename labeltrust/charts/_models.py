"""A model beside the one that it is measured against: how often the two part, day by day."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from labeltrust.charts._look import INK, ORDINARY, SUSPECT, WIDTH, Drawing, finished
from labeltrust.metrics.gold_accuracy import wilson

_DAY_HOURS = 24
_DAY_MS = 86_400_000
_MOST_DAYS = 90
TARGET = 0.005
"""Share of items on which a shadow and production may part (measure M9)."""
_WITHIN, _OVER = "within the target", "beyond the target"


def parting_frame(hours: Sequence[Sequence[int]]) -> pd.DataFrame:
    """Return one row a day: day, share, low, high, n, standing; at most the newest 90 days.

    Args:
        hours: Hours since 1970, items compared, items with two labels: lists of one length.

    >>> found = parting_frame([[0, 1, 24], [10, 10, 5], [1, 0, 0]])
    >>> found[["share", "n"]].to_numpy().tolist()
    [[0.05, 20.0], [0.0, 5.0]]
    """
    hour, valid, bad = (np.array(column, dtype=np.int64) for column in hours)
    day, place = np.unique(hour // _DAY_HOURS, return_inverse=True)
    n, parted = (np.bincount(place, weights=w, minlength=day.size) for w in (valid, bad))
    share = wilson(parted, n, "no item")
    frame = pd.DataFrame(
        {
            "day": pd.to_datetime(day * _DAY_MS, unit="ms", utc=True),
            "share": share.value,
            "low": share.low,
            "high": share.high,
            "n": share.n,
            "standing": np.where(share.low > TARGET, _OVER, _WITHIN),
        }
    )
    return frame.tail(_MOST_DAYS).reset_index(drop=True)


def draw_parting(found: pd.DataFrame) -> Drawing:
    """Draw each day's share with its interval, and the target as a dashed line."""
    scale = alt.Scale(domain=[_WITHIN, _OVER], range=[ORDINARY, SUSPECT])
    shapes = alt.Scale(domain=[_WITHIN, _OVER], range=["circle", "diamond"])
    color = alt.Color("standing:N", scale=scale, title=None)
    base = alt.Chart(found).encode(
        x=alt.X("day:T", title="day (UTC)", axis=alt.Axis(format="%d %b")), color=color
    )
    up = alt.Y("low:Q", title="items with two labels", axis=alt.Axis(format=".1%"))
    bars = base.mark_rule(strokeWidth=2).encode(y=up, y2="high:Q")
    points = base.mark_point(filled=True, size=60, opacity=1).encode(
        y="share:Q",
        shape=alt.Shape("standing:N", scale=shapes, title=None),
        tooltip=[
            alt.Tooltip("day:T", title="day", format="%Y-%m-%d"),
            alt.Tooltip("share:Q", title="items with two labels", format=".2%"),
            alt.Tooltip("low:Q", title="from", format=".2%"),
            alt.Tooltip("high:Q", title="to", format=".2%"),
            alt.Tooltip("n:Q", title="items of both"),
        ],
    )
    rule = alt.Chart(pd.DataFrame({"target": [TARGET]})).mark_rule(
        color=INK, strokeDash=[4, 3], strokeWidth=2
    )
    return finished(
        alt.layer(rule.encode(y="target:Q"), bars, points).properties(width=WIDTH, height=180),
        "How often the two part",
        "One point a day of received labels, with its 95 % interval. Dashed: one item in 200.",
    )


def parting_words(found: pd.DataFrame) -> str:
    """Return what the days say, in words.

    >>> parting_words(parting_frame([[0], [200], [1]]))
    'On the newest day, 1970-01-01, 1 of 200 items has two labels; no day lies beyond the target.'
    """
    if found.empty:
        return "No item was labeled by both."
    last, over = found.iloc[-1], int((found["standing"] == _OVER).sum())
    parted = round(last["share"] * last["n"])
    has = "has" if parted == 1 else "have"
    many = f"{over} of {len(found)} days lie" if over else "no day lies"
    return (
        f"On the newest day, {last['day']:%Y-%m-%d}, {parted} of {last['n']} items {has} "
        f"two labels; {many} beyond the target."
    )
