"""When a replay would have flagged each labeler, beside when it really happened."""

import altair as alt
import pandas as pd

from labeltrust.charts._look import INK, ORDINARY, ROW, SUSPECT, WIDTH, Drawing, finished

SHOWN = 40
_COLORS = [ORDINARY, SUSPECT]
_SHAPES = ["diamond", "circle"]
_KINDS = {"then_at": "in the replay", "really_at": "really"}


def draw_replay(found: pd.DataFrame) -> Drawing:
    """Draw two points a labeler: first flagged in the replay, and really.

    Args:
        found: Columns labeler, then_at, really_at (NaT: never), between; earliest first.
    """
    shown = found.head(SHOWN)
    spans = shown.dropna(subset=["then_at", "really_at"])
    points = shown.melt(
        id_vars=["labeler", "between"],
        value_vars=list(_KINDS),
        var_name="kind",
        value_name="at",
    ).dropna(subset=["at"])
    points = points.assign(kind=points["kind"].map(_KINDS))
    names = alt.Y("labeler:N", sort=shown["labeler"].tolist(), title=None)
    across = alt.X("at:T", title="first flagged (UTC)", axis=alt.Axis(format="%d %b", tickCount=6))
    words = list(_KINDS.values())
    base = alt.Chart(points).encode(
        x=across,
        y=names,
        color=alt.Color("kind:N", title=None, scale=alt.Scale(domain=words, range=_COLORS)),
        shape=alt.Shape("kind:N", title=None, scale=alt.Scale(domain=words, range=_SHAPES)),
        tooltip=[
            alt.Tooltip("labeler:N", title="labeler"),
            alt.Tooltip("kind:N", title="first flagged"),
            alt.Tooltip("at:T", title="at", format="%Y-%m-%d %H:%M"),
            alt.Tooltip("between:Q", title="labels between", format="+d"),
        ],
    )
    lines = alt.Chart(spans).mark_rule(color=INK, strokeWidth=2)
    joined = lines.encode(x=alt.X("then_at:T"), x2="really_at:T", y=names)
    return finished(
        alt.layer(joined, base.mark_point(filled=True, size=80, opacity=1)).properties(
            width=WIDTH, height=1.4 * ROW * max(len(shown), 1)
        ),
        "First flagged in the replay, and really",
        "A labeler with one point was flagged in one of both alone. Labels given between two "
        "points came under suspicion in one of both alone.",
    )
