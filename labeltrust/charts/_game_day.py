"""An exercise: when each attacker was found, and what he poisoned until then."""

import altair as alt
import pandas as pd

from labeltrust.charts._look import ROW, SUSPECT, UNKNOWN, WIDTH, Drawing, finished

_LINES = {"planted": "poisoned labels", "through": "given before a flag"}
_EDGE = "#1b1f24"
_MARKS = {"flagged_at": "flagged", "held_at": "labels held"}


def draw_attackers(found: pd.DataFrame) -> Drawing:
    """Draw a bar an attacker, from the onset to the last label, with the moment of flag and hold.

    Args:
        found: Columns labeler, began, last, flagged_at, held_at (NaT: never), poisoned, through.
    """
    until = found.assign(until=found["flagged_at"].fillna(found["last"]))
    axis = alt.Axis(format="%d %b")
    across = alt.X("began:T", title="time of the label (UTC)", axis=axis)
    base = alt.Chart(until).encode(y=alt.Y("labeler:N", sort=None, title=None))
    tips = [
        alt.Tooltip("labeler:N", title="labeler"),
        alt.Tooltip("poisoned:Q", title="poisoned labels"),
        alt.Tooltip("through:Q", title="before the flag"),
    ]
    whole = base.mark_bar(color=UNKNOWN, opacity=0.35).encode(x=across, x2="last:T")
    free = base.mark_bar(color=SUSPECT).encode(x=across, x2="until:T", tooltip=tips)
    marks = found.melt("labeler", list(_MARKS)[::-1], "what", "at").dropna(subset=["at"])
    names = list(_MARKS.values())
    points = (
        alt.Chart(marks.replace({"what": _MARKS}))
        .mark_point(filled=True, fill="white", stroke=_EDGE, strokeWidth=1.5, opacity=1)
        .encode(
            y=alt.Y("labeler:N", sort=None),
            x="at:T",
            size=alt.Size(
                "what:N", legend=None, scale=alt.Scale(domain=names[::-1], range=[260, 70])
            ),
            shape=alt.Shape(
                "what:N", title=None, scale=alt.Scale(domain=names, range=["diamond", "square"])
            ),
        )
    )
    return finished(
        alt.layer(whole, free, points).properties(width=WIDTH, height=2 * ROW * max(len(found), 1)),
        "When each attacker was found",
        "Orange: from the onset until the first assessment that flagged. Grey: the attack after "
        "that. Who has no diamond was never flagged.",
    )


def draw_flow(found: pd.DataFrame) -> Drawing:
    """Draw poisoned labels as they add up, and those that came before their labeler's flag.

    Args:
        found: Columns at, planted, through.
    """
    long = found.melt("at", list(_LINES), "which", "labels").replace({"which": _LINES})
    names = list(_LINES.values())
    scale = alt.Scale(domain=names, range=[UNKNOWN, SUSPECT])
    lines = (
        alt.Chart(long)
        .mark_line(strokeWidth=2.5, interpolate="step-after")
        .encode(
            x=alt.X("at:T", title="time of the label (UTC)", axis=alt.Axis(format="%d %b")),
            y=alt.Y("labels:Q", title="labels so far"),
            color=alt.Color("which:N", scale=scale, title=None),
            strokeDash=alt.StrokeDash("which:N", sort=names, legend=None),
            tooltip=[
                alt.Tooltip("at:T", title="until", format="%Y-%m-%d %H:%M"),
                alt.Tooltip("which:N", title="which"),
                alt.Tooltip("labels:Q", title="labels"),
            ],
        )
    )
    return finished(
        lines.properties(width=WIDTH, height=220),
        "What the attack got in before it was found",
        "All labels it poisoned, and those given before the first assessment that flagged their "
        "labeler. Where all attackers are flagged the lower line is flat.",
    )
