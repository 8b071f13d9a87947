"""Suspects together: since when each, who leans to them, and to whom each of them."""

import altair as alt
import pandas as pd

from labeltrust.charts._look import INK, ORDINARY, ROW, SUSPECT, WIDTH, Drawing, finished

SHOWN = 30
_CELL = 46
_FLAGGED = ["flagged", "not flagged"]


def draw_onsets(found: pd.DataFrame) -> Drawing:
    """Draw a bar a suspect: the labels before the onset, and since.

    Args:
        found: Columns labeler, onset (NaT: from the first label), first, last.
    """
    turned = found.assign(onset=found["onset"].fillna(found["first"]))
    across = alt.X("first:T", title="time of the label (UTC)", axis=alt.Axis(format="%d %b"))
    base = alt.Chart(turned).encode(y=alt.Y("labeler:N", sort=None, title=None))
    before = base.mark_bar(color=ORDINARY, opacity=0.5).encode(x=across, x2="last:T")
    tips = [
        alt.Tooltip("labeler:N", title="labeler"),
        alt.Tooltip("onset:T", title="onset", format="%Y-%m-%d %H:%M"),
        alt.Tooltip("since_onset:Q", title="labels since then"),
    ]
    since = base.mark_bar(color=SUSPECT).encode(x="onset:T", x2="last:T", tooltip=tips)
    return finished(
        alt.layer(before, since).properties(width=WIDTH, height=2 * ROW * max(len(found), 1)),
        "Since when each is suspected",
        "Blue: labels before the estimated onset. Orange: since then, up to the last label.",
    )


def draw_leaning(found: pd.DataFrame) -> Drawing:
    """Draw how far each labeler leans to the suspects, with the interval.

    Args:
        found: Columns labeler, flagged, lean, lean_low, lean_high, lean_n; the most leaning first.
    """
    known = found.dropna(subset=["lean"]).head(SHOWN)
    shown = known.assign(status=known["flagged"].map({True: _FLAGGED[0], False: _FLAGGED[1]}))
    scale = alt.Scale(domain=_FLAGGED, range=[SUSPECT, ORDINARY])
    shape = alt.Scale(domain=_FLAGGED, range=["diamond", "circle"])
    base = alt.Chart(shown).encode(
        y=alt.Y("labeler:N", sort=None, title=None),
        color=alt.Color("status:N", scale=scale, title=None),
        tooltip=[
            alt.Tooltip("labeler:N", title="labeler"),
            alt.Tooltip("lean:Q", title="leaning", format="+.3f"),
            alt.Tooltip("lean_low:Q", title="from", format="+.3f"),
            alt.Tooltip("lean_high:Q", title="to", format="+.3f"),
            alt.Tooltip("lean_n:Q", title="items"),
        ],
    )
    across = alt.X("lean_low:Q", title="agreement with suspects beyond that with the others")
    spans = base.mark_rule(strokeWidth=2).encode(x=across, x2="lean_high:Q")
    points = base.mark_point(filled=True, size=60, opacity=1).encode(
        x="lean:Q", shape=alt.Shape("status:N", scale=shape, title=None)
    )
    nought = alt.Chart(pd.DataFrame({"at": [0.0]})).mark_rule(color=INK, strokeDash=[4, 3])
    return finished(
        alt.layer(nought.encode(x="at:Q"), spans, points).properties(
            width=WIDTH, height=ROW * max(len(shown), 1)
        ),
        "Who leans to the suspects",
        "On items that suspects labeled since their onset: right of nought agrees with them more "
        f"than with the others there. {len(shown)} of {len(found)} labelers, 95 % intervals.",
    )


def draw_between(found: pd.DataFrame) -> Drawing:
    """Draw to whom each suspect leans, as a matrix.

    Args:
        found: Columns labeler, suspect, lean.
    """
    names = found["labeler"].drop_duplicates().tolist()
    base = alt.Chart(found.dropna(subset=["lean"])).encode(
        x=alt.X("suspect:N", sort=names, title="leans to", axis=alt.Axis(labelAngle=-40)),
        y=alt.Y("labeler:N", sort=names, title="suspect"),
        tooltip=[
            alt.Tooltip("labeler:N", title="suspect"),
            alt.Tooltip("suspect:N", title="leans to"),
            alt.Tooltip("lean:Q", title="leaning", format="+.2f"),
        ],
    )
    scale = alt.Scale(scheme="blueorange", domain=[-0.6, 0.6], clamp=True)
    cells = base.mark_rect().encode(color=alt.Color("lean:Q", scale=scale, title="leaning"))
    ink = alt.condition("abs(datum.lean) > 0.4", alt.value("white"), alt.value("#1b1f24"))
    numbers = base.mark_text(fontSize=11).encode(text=alt.Text("lean:Q", format="+.2f"), color=ink)
    size = _CELL * max(len(names), 1)
    return finished(
        alt.layer(cells, numbers).properties(width=size, height=size),
        "Do the suspects lean to each other?",
        "Orange: agrees with that suspect more than with the others of the same items.",
    )
