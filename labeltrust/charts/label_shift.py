"""Each labeler's share of one class against what the same items lead one to expect, by window."""

from datetime import UTC, datetime

import altair as alt
import numpy as np
import pandas as pd

from labeltrust.charts._base import SHOWN, Seen, SignalChart, labeler_frame, outstanding
from labeltrust.charts._look import INK, ORDINARY, SUSPECT, WIDTH, Drawing, finished
from labeltrust.counts.label_mix import DAY_US
from labeltrust.inference.crowd_rows import Float, summed

MIN_LABELS = 10
"""Labels below which a window is left out: its share is mostly chance."""
_Z95 = 1.959963984540054
_COLUMNS = ["labeler", "window", "share", "expected", "moved", "low", "high", "n", "shown", "class"]


def frame(seen: Seen) -> pd.DataFrame:
    """Return one row a labeler and window, for the class that the most suspect one shifted.

    Returns:
        Columns labeler, window (its first day), share, expected, moved (their difference), low,
        high (95 % if he answers as others of these items do), n, shown (`stands out` or `others`),
        class.
    """
    people = labeler_frame(seen)
    told = outstanding(people, seen.suspect)
    said = seen.readings.detail[int(told["code"].iloc[0])].get("mixed", 0) if len(told) else 0
    label = said if isinstance(said, int) else 0
    everybody = people.assign(
        shown=np.where(people["code"].isin(told["code"]), "stands out", "others")
    )
    parts = [_windows(seen, int(a), label) for a in everybody["code"].head(SHOWN)]
    if not parts:
        return pd.DataFrame(columns=_COLUMNS)
    by_window = pd.concat(parts, ignore_index=True)
    named = everybody[["code", "labeler", "shown"]]
    word = seen.words.mixed[label] if seen.words.mixed else ""
    return by_window.merge(named, on="code").assign(**{"class": word})[_COLUMNS]


def _windows(seen: Seen, labeler: int, label: int) -> pd.DataFrame:
    mix, days = seen.evidence.label_mix, seen.evidence.window_days
    every_day = mix.compared.index[0]
    first = int(every_day.min()) if every_day.size else 0
    size = (int(every_day.max()) - first) // days + 1 if every_day.size else 0
    sums: list[Float] = []
    for cells in (mix.compared, mix.expected):
        day, who, what = cells.index
        mine = who == labeler
        place, value = (day[mine] - first) // days, cells.sums[0][mine]
        sums += [summed(place, np.where(what[mine] == label, value, 0.0), size)]
        sums += [summed(place, value, size)]
    given, n, usual, _ = sums
    enough = np.flatnonzero(n >= MIN_LABELS)
    share, expected = given[enough] / n[enough], usual[enough] / n[enough]
    half = _Z95 * np.sqrt(np.maximum(expected * (1 - expected), 0.0) / n[enough])
    begins = [
        datetime.fromtimestamp((first + int(k) * days) * DAY_US // 10**6, UTC) for k in enough
    ]
    return pd.DataFrame(
        {
            "code": labeler,
            "window": pd.to_datetime(begins, utc=True),
            "share": share,
            "expected": expected,
            "moved": share - expected,
            "low": share - expected - half,
            "high": share - expected + half,
            "n": n[enough].astype(np.int64),
        }
    )


def draw(found: pd.DataFrame) -> Drawing:
    """Draw a line a labeler: zero where he answers as others of the same items do."""
    word = str(found["class"].iloc[0]) if len(found) else "any class"
    across = alt.X("window:T", title="first day of the window (UTC)", axis=alt.Axis(format="%d %b"))
    up = alt.Y("moved:Q", title="share beyond expectation", axis=alt.Axis(format="+.0%"))
    tips = [
        alt.Tooltip("labeler:N", title="labeler"),
        alt.Tooltip("window:T", title="window from", format="%Y-%m-%d"),
        alt.Tooltip("share:Q", title="share given", format=".1%"),
        alt.Tooltip("expected:Q", title="share expected", format=".1%"),
        alt.Tooltip("n:Q", title="labels"),
    ]
    others = (
        alt.Chart(found[found["shown"] == "others"])
        .mark_line(color=ORDINARY, opacity=0.5, strokeWidth=1)
        .encode(x=across, y=up, detail="labeler:N")
    )
    told = alt.Chart(found[found["shown"] != "others"]).encode(x=across, tooltip=tips)
    line = told.mark_line(
        color=SUSPECT, strokeWidth=3, point=alt.OverlayMarkDef(color=SUSPECT, size=60)
    ).encode(y=up, strokeDash=alt.StrokeDash("labeler:N", title="stands out"))
    bars = told.mark_rule(color=SUSPECT).encode(y="low:Q", y2="high:Q", detail="labeler:N")
    zero = alt.Chart(pd.DataFrame({"moved": [0.0]})).mark_rule(color=INK).encode(y="moved:Q")
    return finished(
        alt.layer(zero, others, bars, line).properties(width=WIDTH, height=280),
        f"Share of the label \u201c{word}\u201d, window by window",
        "Zero is what others give to the same items, so hard or skewed items move nobody. Orange: "
        "who stands out, or the most suspect one, with 95 % intervals; blue: everybody else.",
    )


CHART = SignalChart(frame=frame, draw=draw)
