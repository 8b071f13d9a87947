"""Histograms on a log scale: who stands out as lines, everybody else as an area."""

import altair as alt
import numpy as np
import pandas as pd

from labeltrust.charts._base import Seen, labeler_frame, outstanding
from labeltrust.charts._look import ORDINARY, SUSPECT, WIDTH, Drawing, finished
from labeltrust.inference.crowd_rows import Float, Int

PER_OCTAVE = 4
"""Bins that each doubling is cut into."""
LEAST = 1 / 32
"""Smaller values are drawn here: what is quicker than any hand need not be told apart."""
_OTHERS = "everybody else"
_COLUMNS = ["who", "shown", "value", "share", "n"]


def histogram(seen: Seen, labeler: Int, value: Float) -> pd.DataFrame:
    """Return the share of values in each bin, for each who stands out and for all others together.

    Args:
        seen: What the signal saw.
        labeler: (k,) whose value it is.
        value: (k,) positive numbers.

    Returns:
        Columns who, shown (`stands out` or `others`), value (middle of the bin), share, n (values
        of `who` in all bins).
    """
    told = outstanding(labeler_frame(seen), seen.suspect)
    octave = np.floor(np.log2(np.maximum(value, LEAST)) * PER_OCTAVE).astype(np.int64)
    bins = np.arange(octave.min(initial=0) - 1, octave.max(initial=0) + 2)
    named = list(zip(told["code"], told["labeler"], strict=True))
    groups = [(name, "stands out", labeler == code) for code, name in named]
    groups.append((_OTHERS, "others", ~np.isin(labeler, told["code"])))
    parts = [
        pd.DataFrame(
            {
                "who": who,
                "shown": shown,
                "value": 2 ** ((bins + 0.5) / PER_OCTAVE),
                "share": np.bincount(octave[mine] - bins[0], minlength=bins.size) / mine.sum(),
                "n": int(mine.sum()),
            }
        )
        for who, shown, mine in groups
        if mine.any()
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_COLUMNS)


def drawn_histogram(found: pd.DataFrame, axis: str, title: str, subtitle: str) -> Drawing:
    """Draw a histogram.

    Args:
        found: See `histogram`.
        axis: What the values are, with their unit.
        title: What the chart shows.
        subtitle: How to read it.
    """
    across = alt.X("value:Q", title=axis, scale=alt.Scale(type="log", base=2))
    up = alt.Y("share:Q", title="share of labels", axis=alt.Axis(format=".0%"))
    tips = [
        alt.Tooltip("who:N", title="labeler"),
        alt.Tooltip("value:Q", title=axis, format=".2f"),
        alt.Tooltip("share:Q", title="share", format=".1%"),
        alt.Tooltip("n:Q", title="of"),
    ]
    area = (
        alt.Chart(found[found["shown"] == "others"])
        .mark_area(color=ORDINARY, opacity=0.35, interpolate="step")
        .encode(x=across, y=up, tooltip=tips)
    )
    lines = (
        alt.Chart(found[found["shown"] != "others"])
        .mark_line(color=SUSPECT, strokeWidth=2.5, interpolate="step")
        .encode(
            x=across, y=up, strokeDash=alt.StrokeDash("who:N", title="stands out"), tooltip=tips
        )
    )
    return finished(alt.layer(area, lines).properties(width=WIDTH, height=260), title, subtitle)
