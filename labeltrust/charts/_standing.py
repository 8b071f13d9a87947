"""Where one labeler stands among all: a signal's size, beside the sizes of everybody."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from labeltrust.charts._look import INK, ORDINARY, SUSPECT, WIDTH, Drawing, finished

_MARKS = 4
"""Marks of the axis of labelers."""


def standing_frame(sizes: Mapping[str, Any]) -> pd.DataFrame:
    """Return one row a bin of a signal's sizes: low, high, labelers.

    Args:
        sizes: What an assessment keeps of the signal, see `policy/figures.py`.
    """
    edges, counts = sizes.get("edges", []), sizes.get("counts", [])
    return pd.DataFrame(
        {"low": edges[:-1], "high": edges[1:], "labelers": counts},
        columns=["low", "high", "labelers"],
    )


def draw_standing(sizes: Mapping[str, Any], reading: Mapping[str, Any]) -> Drawing:
    """Draw everybody's sizes as bars, the honest range as a band, and this labeler on top.

    Args:
        sizes: As above.
        reading: The signal's reading of the labeler, as the document has it.
    """
    unit = str(sizes.get("unit", "effect"))
    bars = (
        alt.Chart(standing_frame(sizes))
        .mark_bar(color=ORDINARY, opacity=0.6)
        .encode(
            x=alt.X("low:Q", title=unit, bin="binned", axis=alt.Axis(format="~g")),
            x2="high:Q",
            y=alt.Y("labelers:Q", title="labelers", axis=_whole(sizes)),
            tooltip=[
                alt.Tooltip("low:Q", title="from", format=".3f"),
                alt.Tooltip("high:Q", title="to", format=".3f"),
                alt.Tooltip("labelers:Q", title="labelers"),
            ],
        )
    )
    layers = [*_honest(sizes), bars, *_this(reading["estimate"])]
    return finished(
        alt.layer(*layers).properties(width=WIDTH, height=150),
        str(sizes.get("title", reading["signal"])).capitalize(),
        "Blue: all labelers; grey band: where 95 % of the honest ones lie; orange: this labeler "
        "with the 95 % interval. Further right is more suspect.",
    )


def _whole(sizes: Mapping[str, Any]) -> alt.Axis:
    """Return an axis of labelers that is marked at whole numbers alone."""
    most = int(max(sizes.get("counts", []), default=0))
    step = max(-(-most // _MARKS), 1)
    return alt.Axis(values=list(range(0, most + step, step)), format="d")


def _honest(sizes: Mapping[str, Any]) -> list[alt.Chart]:
    honest = sizes.get("honest")
    if not honest:
        return []
    frame = pd.DataFrame({"low": [honest[0]], "high": [honest[1]]})
    band = alt.Chart(frame).mark_rect(color=INK, opacity=0.18)
    return [band.encode(x="low:Q", x2="high:Q")]


def _this(estimate: Mapping[str, Any]) -> list[alt.Chart]:
    if estimate["value"] is None:
        return []
    frame = pd.DataFrame([{k: estimate[k] for k in ("value", "low", "high", "n")}])
    base = alt.Chart(frame).encode(
        tooltip=[
            alt.Tooltip("value:Q", title="this labeler", format=".3f"),
            alt.Tooltip("low:Q", title="from", format=".3f"),
            alt.Tooltip("high:Q", title="to", format=".3f"),
            alt.Tooltip("n:Q", title="n"),
        ]
    )
    span = base.mark_rule(color=SUSPECT, strokeWidth=3).encode(
        x="low:Q", x2="high:Q", y=alt.value(10)
    )
    point = base.mark_rule(color=SUSPECT, strokeWidth=2).encode(x="value:Q")
    return [span, point]


def standing_words(sizes: Mapping[str, Any], reading: Mapping[str, Any]) -> str:
    """Return where a labeler stands, in words; or why the signal says nothing.

    >>> standing_words({}, {"signal": "spam", "estimate": {"value": None, "reason": "3 labels"}})
    'Says nothing: 3 labels.'
    """
    estimate = reading["estimate"]
    if estimate["value"] is None:
        return f"Says nothing: {estimate['reason']}."
    said = (
        f"{_short(estimate['value'])} {sizes.get('unit', '')}, between {_short(estimate['low'])} "
        f"and {_short(estimate['high'])} with 95 % confidence, from {estimate['n']:,}"
    )
    return f"{said}. {_compared(sizes, estimate['value'])}".strip()


def _compared(sizes: Mapping[str, Any], value: float) -> str:
    frame, honest = standing_frame(sizes), sizes.get("honest")
    total = int(frame["labelers"].sum()) if len(frame) else 0
    below = int(frame[frame["high"] <= value]["labelers"].sum()) if total else 0
    words = []
    if total:
        words.append(f"More than {below:,} of {total:,} labelers.")
    if honest:
        low, high = (_short(end) for end in honest)
        words.append(
            f"95 % of honest ones: {low} to {high}."
            if low != high
            else f"Honest ones do not differ measurably from {low}."
        )
    return " ".join(words)


def _short(value: float) -> str:
    return f"{value:.3g}"
