"""Errors on gold against errors elsewhere: who knows which items are gold."""

import altair as alt
import pandas as pd

from labeltrust.charts._base import Seen, SignalChart, labeler_frame, thinned
from labeltrust.charts._look import INK, Drawing, finished, name_tags, status_color, status_shape


def frame(seen: Seen) -> pd.DataFrame:
    """Return one row a labeler: labeler, status, gold, elsewhere (shares of errors), n."""
    people = labeler_frame(seen)
    people = thinned(people[people["effect"].notna()])
    detail = [seen.readings.detail[code] for code in people["code"]]
    return pd.DataFrame(
        {
            "labeler": people["labeler"].to_numpy(),
            "status": people["status"].to_numpy(),
            "gold": pd.Series([d.get("wrong_on_gold") for d in detail], dtype=float),
            "elsewhere": pd.Series([d.get("wrong_elsewhere") for d in detail], dtype=float),
            "n": people["n"].to_numpy(),
        }
    )


def draw(found: pd.DataFrame) -> Drawing:
    """Draw a dot a labeler; below the diagonal he errs less on gold than elsewhere."""
    share, most = alt.Axis(format=".0%"), float(found[["gold", "elsewhere"]].max().max() or 1.0)
    whole = alt.Scale(domain=[0, most], nice=True)
    dots = (
        alt.Chart(found)
        .mark_point(filled=True, size=90, opacity=0.85)
        .encode(
            x=alt.X(
                "elsewhere:Q", title="labels in error elsewhere, as peers see it", axis=share
            ).scale(whole),
            y=alt.Y("gold:Q", title="labels in error on gold", axis=share).scale(whole),
            color=status_color(),
            shape=status_shape(),
            tooltip=[
                alt.Tooltip("labeler:N", title="labeler"),
                alt.Tooltip("gold:Q", title="wrong on gold", format=".1%"),
                alt.Tooltip("elsewhere:Q", title="wrong elsewhere", format=".1%"),
                alt.Tooltip("n:Q", title="n"),
            ],
        )
    )
    line = pd.DataFrame({"elsewhere": [0.0, most], "gold": [0.0, most]})
    same = (
        alt.Chart(line).mark_line(color=INK, strokeDash=[4, 3]).encode(x="elsewhere:Q", y="gold:Q")
    )
    return finished(
        alt.layer(same, dots, name_tags(found, "elsewhere", "gold")).properties(
            width=340, height=340
        ),
        "Wrong on gold, and wrong elsewhere",
        "Dashed: as often on gold as elsewhere. Honest labelers lie along a line of their own; who "
        "recognises gold lies far below it: hardly ever wrong on gold, often wrong elsewhere.",
    )


CHART = SignalChart(frame=frame, draw=draw)
