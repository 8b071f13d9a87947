"""Errors beyond expectation, cumulated label by label: a kink is a change."""

import altair as alt
import numpy as np
import pandas as pd

from labeltrust.charts._base import Seen, SignalChart, labeler_frame, outstanding
from labeltrust.charts._look import INK, ORDINARY, SUSPECT, WIDTH, Drawing, finished
from labeltrust.domain.clock import moment

OTHERS = 20
POINTS = 120
"""Points a line: more cannot be seen."""
POINTS_OF_OTHERS = 40
"""Points a line in the background."""
_COLUMNS = ["labeler", "at", "excess", "label", "shown", "onset"]


def frame(seen: Seen) -> pd.DataFrame:
    """Return one row a point: the labeler's errors so far less those expected of a typical labeler.

    Returns:
        Columns labeler, at (time of the label, UTC), excess, label (how many so far), shown
        (`stands out` or `others`), onset (estimated, NaT where there is none).
    """
    people = labeler_frame(seen)
    told = set(outstanding(people, seen.suspect)["code"])
    parts = [
        _line(seen, int(code), POINTS if code in told else POINTS_OF_OTHERS).assign(
            labeler=name, shown="stands out" if code in told else "others"
        )
        for code, name in zip(people["code"], people["labeler"], strict=True)
        if code in told or len(people) <= OTHERS or code in set(people["code"].head(OTHERS))
    ]
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame(columns=_COLUMNS)
    out = pd.concat(parts, ignore_index=True)[_COLUMNS]
    return out.assign(onset=pd.to_datetime(out["onset"], utc=True))


def _line(seen: Seen, labeler: int, points: int) -> pd.DataFrame:
    crowd = seen.evidence.crowd
    rows, at = crowd.rows, crowd.rows_of(labeler)
    at = at[np.argsort(rows.occurred_us[at], kind="stable")]
    belief = crowd.belief[at]
    error = 1 - belief[np.arange(at.size), rows.label[at]]
    usual = 1 - ((belief @ crowd.model.typical) * belief).sum(axis=1)
    some = np.unique(np.linspace(0, max(at.size - 1, 0), points).astype(np.int64))[: at.size]
    onset = int(seen.readings.onset_row[labeler])
    return pd.DataFrame(
        {
            "at": [moment(int(t)) for t in rows.occurred_us[at[some]]],
            "excess": np.cumsum(error - usual)[some],
            "label": some + 1,
            "onset": moment(int(rows.occurred_us[onset])) if onset >= 0 else pd.NaT,
        }
    )


def draw(found: pd.DataFrame) -> Drawing:
    """Draw a line a labeler: straight while he stays as he is, with a kink where he turns."""
    across = alt.X("at:T", title="time of the label (UTC)", axis=alt.Axis(format="%d %b"))
    up = alt.Y("excess:Q", title="errors beyond a typical labeler's, so far")
    others = (
        alt.Chart(found[found["shown"] == "others"])
        .mark_line(color=ORDINARY, opacity=0.5, strokeWidth=1)
        .encode(x=across, y=up, detail="labeler:N")
    )
    told = found[found["shown"] != "others"]
    line = (
        alt.Chart(told)
        .mark_line(color=SUSPECT, strokeWidth=3)
        .encode(
            x=across,
            y=up,
            strokeDash=alt.StrokeDash("labeler:N", title="stands out"),
            tooltip=[
                alt.Tooltip("labeler:N", title="labeler"),
                alt.Tooltip("at:T", title="time", format="%Y-%m-%d %H:%M"),
                alt.Tooltip("excess:Q", title="errors beyond expectation", format=".1f"),
                alt.Tooltip("label:Q", title="labels so far"),
            ],
        )
    )
    ends = told.dropna(subset=["onset"]).drop_duplicates("labeler")
    onset = alt.Chart(ends).mark_rule(color=INK, strokeDash=[4, 3], strokeWidth=2)
    return finished(
        alt.layer(others, line, onset.encode(x="onset:T", detail="labeler:N")).properties(
            width=WIDTH, height=280
        ),
        "Errors beyond expectation, added up",
        "A steady labeler, weak or strong, draws a straight line; a line that turns upward is a "
        "change. Dashed: the estimated onset. Orange: who stands out; blue: others.",
    )


CHART = SignalChart(frame=frame, draw=draw)
