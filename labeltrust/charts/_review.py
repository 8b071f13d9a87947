"""A project window by window, and how the flags of each signal stand."""

import altair as alt
import pandas as pd

from labeltrust.charts._look import ORDINARY, ROW, SUSPECT, UNKNOWN, WIDTH, Drawing, finished

_NUMBERS = {"agreement": "pairs that agree", "gold": "right on gold"}
_COLOURS = dict(zip(_NUMBERS.values(), (ORDINARY, SUSPECT), strict=True))
_SHAPES = dict(zip(_NUMBERS.values(), ("circle", "diamond"), strict=True))
_STATUSES = {"confirmed": SUSPECT, "open": UNKNOWN, "dismissed": ORDINARY}


def windows_frame(found: pd.DataFrame) -> pd.DataFrame:
    """Return windows as rows to draw: begins, labels, number, value, low, high, n.

    Args:
        found: Columns begins, labels, and agreement and gold with low, high and n.
    """
    parts = [
        pd.DataFrame(
            {
                "begins": found["begins"],
                "labels": found["labels"],
                "number": words,
                **{
                    end or "value": found[f"{name}{'_' * bool(end)}{end}"]
                    for end in ("", "low", "high", "n")
                },
            }
        )
        for name, words in _NUMBERS.items()
    ]
    return pd.concat(parts, ignore_index=True).dropna(subset=["value"])


def draw_windows(found: pd.DataFrame) -> Drawing:
    """Draw agreement and accuracy on gold, window by window, with their intervals.

    Args:
        found: See `windows_frame`.
    """
    names = [one for one in _NUMBERS.values() if (found["number"] == one).any()]
    scale = alt.Scale(domain=names, range=[_COLOURS[one] for one in names])
    base = alt.Chart(found).encode(
        x=alt.X(
            "begins:T",
            title="window begins (UTC)",
            axis=alt.Axis(format="%d %b", values=_begins(found)),
        ),
        color=alt.Color("number:N", scale=scale, title=None),
    )
    spans = base.mark_rule(strokeWidth=2).encode(
        y=alt.Y("low:Q", title="share", axis=alt.Axis(format=".0%"), scale=alt.Scale(zero=False)),
        y2="high:Q",
    )
    lines = base.mark_line(strokeWidth=2).encode(
        y="value:Q", strokeDash=alt.StrokeDash("number:N", sort=names, legend=None)
    )
    shape = alt.Scale(domain=names, range=[_SHAPES[one] for one in names])
    points = base.mark_point(filled=True, size=70, opacity=1).encode(
        y="value:Q",
        shape=alt.Shape("number:N", scale=shape, title=None),
        tooltip=[
            alt.Tooltip("begins:T", title="window begins", format="%Y-%m-%d"),
            alt.Tooltip("number:N", title="number"),
            alt.Tooltip("value:Q", title="share", format=".1%"),
            alt.Tooltip("n:Q", title="from"),
            alt.Tooltip("labels:Q", title="labels"),
        ],
    )
    return finished(
        alt.layer(spans, lines, points).properties(width=WIDTH, height=220),
        "Agreement and accuracy on gold, window by window",
        "Upright lines are 95 % intervals. Agreement is of items with two labels in the window.",
    )


def _begins(found: pd.DataFrame) -> list[int]:
    """Return where windows begin, as milliseconds: other days have no mark."""
    return [int(one.timestamp() * 1000) for one in found["begins"].drop_duplicates()]


def draw_signal_flags(found: pd.DataFrame) -> Drawing:
    """Draw how the flags of each signal stand.

    Args:
        found: Columns signal, status, flags; most flags first.
    """
    order = list(dict.fromkeys(found["signal"]))
    statuses = list(_STATUSES)
    scale = alt.Scale(domain=statuses, range=list(_STATUSES.values()))
    bars = (
        alt.Chart(found.assign(place=found["status"].map(statuses.index)))
        .mark_bar()
        .encode(
            y=alt.Y("signal:N", sort=order, title=None),
            x=alt.X("flags:Q", title="flags", axis=alt.Axis(tickMinStep=1, format="d")),
            color=alt.Color("status:N", scale=scale, title="verdict"),
            order=alt.Order("place:Q"),
            tooltip=[
                alt.Tooltip("signal:N", title="signal"),
                alt.Tooltip("status:N", title="verdict"),
                alt.Tooltip("flags:Q", title="flags"),
            ],
        )
    )
    return finished(
        bars.properties(width=WIDTH, height=2 * ROW * max(len(order), 1)),
        "Which signals were right",
        "Flags of all time by the signals they rest on; a flag stands with each of its signals.",
    )
