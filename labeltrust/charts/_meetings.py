"""Who agrees with one labeler more, or less, than their items lead one to expect."""

import altair as alt
import pandas as pd

from labeltrust.charts._look import INK, ORDINARY, ROW, SUSPECT, WIDTH, Drawing, finished

UNUSUAL = 3.0
"""Standard deviations that one pair of some forty hardly reaches by chance."""


def draw_meetings(found: pd.DataFrame) -> Drawing:
    """Draw a bar a pair: standard deviations of agreement beyond expectation.

    Args:
        found: Columns labeler, shared, same, expected, excess; those who agree most first.
    """
    direction = alt.condition("datum.excess > 0", alt.value(SUSPECT), alt.value(ORDINARY))
    reach = max(UNUSUAL + 1, float(found["excess"].abs().max()) if len(found) else 0.0)
    bars = (
        alt.Chart(found)
        .mark_bar()
        .encode(
            y=alt.Y("labeler:N", sort=None, title=None),
            x=alt.X(
                "excess:Q",
                title="standard deviations beyond expectation",
                scale=alt.Scale(domain=[-reach, reach]),
            ),
            color=direction,
            tooltip=[
                alt.Tooltip("labeler:N", title="other labeler"),
                alt.Tooltip("shared:Q", title="items of both"),
                alt.Tooltip("same:Q", title="same label"),
                alt.Tooltip("expected:Q", title="expected", format=".1f"),
                alt.Tooltip("excess:Q", title="standard deviations", format=".1f"),
            ],
        )
    )
    ends = alt.Chart(pd.DataFrame({"at": [-UNUSUAL, UNUSUAL]}))
    rules = ends.mark_rule(color=INK, strokeDash=[4, 3]).encode(x="at:Q")
    return finished(
        alt.layer(bars, rules).properties(width=WIDTH, height=ROW * max(len(found), 1)),
        "Who agrees with the labeler, and who contradicts",
        "Right: the same label more often than two typical labelers of these items; left: less "
        "often. Beyond the dashed lines one pair hardly gets by chance.",
    )
