"""Drills over time: how many bad labels came in until each was found."""

import altair as alt
import pandas as pd

from labeltrust.charts._look import ORDINARY, SUSPECT, WIDTH, Drawing, finished

_FOUND, _NEVER = "found", "never found"


def draw_drills(found: pd.DataFrame, most_bad: int) -> Drawing:
    """Draw one point a drill, campaign by campaign, and the aim as a line.

    Args:
        found: Columns campaign, bad_labels (of the whole campaign), bad_until_found (missing where
            it never was), minutes_until_found.
        most_bad: Bad labels within which a campaign should be found.
    """
    seen = found["bad_until_found"].notna()
    shown = pd.DataFrame(
        {
            "campaign": found["campaign"],
            "bad": found["bad_until_found"].where(seen, found["bad_labels"]).astype(float),
            "minutes": found["minutes_until_found"].astype(float),
            "outcome": seen.map({True: _FOUND, False: _NEVER}),
        }
    )
    scale = alt.Scale(domain=[_FOUND, _NEVER], range=[ORDINARY, SUSPECT])
    shape = alt.Scale(domain=[_FOUND, _NEVER], range=["circle", "diamond"])
    points = (
        alt.Chart(shown)
        .mark_point(filled=True, size=80, opacity=0.8)
        .encode(
            x=alt.X("bad:Q", title="bad labels", scale=alt.Scale(zero=True)),
            y=alt.Y("campaign:N", title=None),
            color=alt.Color("outcome:N", scale=scale, title=None),
            shape=alt.Shape("outcome:N", scale=shape, title=None),
            tooltip=[
                alt.Tooltip("campaign:N", title="campaign"),
                alt.Tooltip("bad:Q", title="bad labels"),
                alt.Tooltip("minutes:Q", title="minutes", format=".1f"),
            ],
        )
    )
    aim = (
        alt.Chart(pd.DataFrame({"aim": [most_bad]})).mark_rule(strokeDash=[4, 3]).encode(x="aim:Q")
    )
    return finished(
        alt.layer(aim, points).properties(width=WIDTH),
        "Bad labels until a campaign was found",
        f"The dashed line is the aim, {most_bad}. Of those never found, all bad labels.",
    )
