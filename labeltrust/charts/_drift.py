"""The newest values of a feature beside those of the weeks before."""

import altair as alt
import pandas as pd

from labeltrust.charts._look import ORDINARY, SUSPECT, WIDTH, Drawing, finished

_NEWER, _EARLIER = "newest items", "earlier weeks"
_BAR = 20


def drift_frame(shares: list[list[object]]) -> pd.DataFrame:
    """Return two rows a bin, in the order of the bins.

    Args:
        shares: Of each bin its words, and its shares among newer and earlier items.

    Returns:
        Columns bin, when, share.

    >>> drift_frame([["SE", 0.5, 0.25]])["share"].tolist()
    [0.5, 0.25]
    """
    rows = [
        (word, when, share)
        for word, newer, earlier in shares
        for when, share in ((_NEWER, newer), (_EARLIER, earlier))
    ]
    return pd.DataFrame(rows, columns=["bin", "when", "share"])


def drift_words(found: pd.DataFrame) -> str:
    """Say which bin gained most and which lost most."""
    if found.empty:
        return "There is nothing to draw."
    wide = found.pivot_table(index="bin", columns="when", values="share")
    moved = wide[_NEWER] - wide[_EARLIER]
    gained, lost = str(moved.idxmax()), str(moved.idxmin())
    return f"Most gained: {gained} ({moved.max():+.1%}); most lost: {lost} ({moved.min():+.1%})."


def draw_drift(found: pd.DataFrame, feature: str) -> Drawing:
    """Draw the shares of each bin, newer above earlier."""
    order = list(dict.fromkeys(found["bin"]))
    scale = alt.Scale(domain=[_NEWER, _EARLIER], range=[SUSPECT, ORDINARY])
    bars = (
        alt.Chart(found)
        .mark_bar()
        .encode(
            y=alt.Y("bin:N", sort=order, title=None),
            yOffset=alt.YOffset("when:N", sort=[_NEWER, _EARLIER]),
            x=alt.X("share:Q", title="share of the items", axis=alt.Axis(format=".0%")),
            color=alt.Color("when:N", scale=scale, title=None),
            tooltip=[
                alt.Tooltip("bin:N", title="value"),
                alt.Tooltip("when:N", title="when"),
                alt.Tooltip("share:Q", title="share", format=".1%"),
            ],
        )
    )
    return finished(
        bars.properties(width=WIDTH, height=2 * _BAR * max(len(order), 1)),
        f"Feature \u201c{feature}\u201d",
        "Orange: the newest items; blue: items of the same weekdays in the four weeks before.",
    )
