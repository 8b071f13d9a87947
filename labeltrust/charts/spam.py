"""How often each labeler gives his favourite label, against how often others give it there."""

import altair as alt
import pandas as pd

from labeltrust.charts._base import Seen, SignalChart, labeler_frame, thinned
from labeltrust.charts._look import INK, Drawing, finished, name_tags, status_color, status_shape


def frame(seen: Seen) -> pd.DataFrame:
    """Return one row a labeler: labeler, status, label, own, others (shares in [0, 1]), n."""
    people = labeler_frame(seen)
    people = thinned(people[people["status"] != "too little data"])
    detail = [seen.readings.detail[code] for code in people["code"]]
    words = seen.words.fitted
    return pd.DataFrame(
        {
            "labeler": people["labeler"].to_numpy(),
            "status": people["status"].to_numpy(),
            "label": [words[k] if isinstance(k := d.get("label"), int) else "" for d in detail],
            "own": pd.to_numeric(pd.Series([d.get("share") for d in detail], dtype=float)),
            "others": pd.Series([d.get("share_of_others") for d in detail], dtype=float),
            "n": people["n"].to_numpy(),
        }
    )


def draw(found: pd.DataFrame) -> Drawing:
    """Draw a dot a labeler; on the diagonal he gives his favourite label as often as others do."""
    share = alt.Axis(format=".0%")
    across = alt.X(
        "others:Q", title="share of others giving that label to the same items", axis=share
    )
    up = alt.Y("own:Q", title="share of his labels that are his favourite", axis=share)
    whole = alt.Scale(domain=[0, 1])
    dots = (
        alt.Chart(found)
        .mark_point(filled=True, size=90, opacity=0.85)
        .encode(
            x=across.scale(whole),
            y=up.scale(whole),
            color=status_color(),
            shape=status_shape(),
            tooltip=[
                alt.Tooltip("labeler:N", title="labeler"),
                alt.Tooltip("label:N", title="favourite label"),
                alt.Tooltip("own:Q", title="his share", format=".1%"),
                alt.Tooltip("others:Q", title="others' share", format=".1%"),
                alt.Tooltip("n:Q", title="labels"),
            ],
        )
    )
    line = pd.DataFrame({"others": [0.0, 1.0], "own": [0.0, 1.0]})
    same = alt.Chart(line).mark_line(color=INK, strokeDash=[4, 3]).encode(x="others:Q", y="own:Q")
    return finished(
        alt.layer(same, dots, name_tags(found, "others", "own")).properties(width=340, height=340),
        "The favourite label of each labeler",
        "Dashed: as often as others give it to the same items. Whoever gives one label "
        "nearly always lies at the top.",
    )


CHART = SignalChart(frame=frame, draw=draw)
