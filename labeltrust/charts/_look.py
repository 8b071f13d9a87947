"""How every chart looks: colours that color-blind people tell apart, on light and on dark pages."""

import altair as alt
import pandas as pd
from altair.utils import schemapi

Drawing = alt.Chart | alt.LayerChart | alt.FacetChart | alt.VConcatChart

ORDINARY = "#0072B2"
SUSPECT = "#D55E00"
UNKNOWN = "#8a8f98"
INK = "#7b818a"
"""Text and lines: a grey of about equal contrast on white and on near-black."""
WIDTH = 460
ROW = 16
"""Height of one labeler in a list, pixels."""
STANDS_OUT = "stands out"
LIKE_OTHERS = "like the others"
TOO_LITTLE = "too little data"
_NAME_PIXELS = 170
_APART_PIXELS = 8
"""Labels of an axis that come closer are left out, all but the first."""
MARK = "\u25b8 "
"""Before the name of the labeler whom a chart is about."""


def draw_unchecked() -> None:
    """Leave out the check of every part of a drawing while it is put together, in this process.

    A third of the time of a page's chart goes there. Whole drawings are checked by tests, and
    where somebody asks for it with `to_dict()`.
    """
    schemapi.DEBUG_MODE = False


def status_color(title: str = "labeler") -> alt.Color:
    """Return the colour of a labeler's status, the same in every chart."""
    scale = alt.Scale(
        domain=[STANDS_OUT, LIKE_OTHERS, TOO_LITTLE], range=[SUSPECT, ORDINARY, UNKNOWN]
    )
    return alt.Color("status:N", title=title, scale=scale)


def status_shape() -> alt.Shape:
    """Return the shape of a labeler's status: colour is never the only sign."""
    scale = alt.Scale(
        domain=[STANDS_OUT, LIKE_OTHERS, TOO_LITTLE], range=["diamond", "circle", "cross"]
    )
    return alt.Shape("status:N", title="labeler", scale=scale)


def name_tags(found: pd.DataFrame, x: str, y: str) -> alt.Chart:
    """Return the names of marked labelers beside their points; where none is marked, nothing.

    Args:
        found: A frame with labeler and both columns.
        x: Column of the place across.
        y: Column of the place up.
    """
    marked = found[found["labeler"].astype(str).str.startswith(MARK)]
    tags: alt.Chart = (
        alt.Chart(marked)
        .mark_text(align="left", dx=8, dy=10, color=INK, fontSize=12)
        .encode(x=f"{x}:Q", y=f"{y}:Q", text="labeler:N")
    )
    return tags


def finished(chart: Drawing, title: str, subtitle: str) -> Drawing:
    """Put a title on a chart and make it readable on light and dark pages.

    Args:
        chart: Any chart that is not configured yet.
        title: What it shows, in a few words.
        subtitle: How to read it, in a sentence; also the description for screen readers.

    >>> plain = alt.Chart(pd.DataFrame({"x": [1]})).mark_point().encode(x="x:Q")
    >>> finished(plain, "One point", "A point at one.").to_dict()["title"]["text"]
    'One point'
    """
    titled = chart.properties(
        title=alt.TitleParams(title, subtitle=_lines(subtitle), anchor="start", frame="bounds"),
        description=f"{title}. {subtitle}",
    )
    configured: Drawing = titled.configure(
        background="transparent",
        font="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif",
        view=alt.ViewConfig(stroke=None),
        axis=alt.AxisConfig(
            labelColor=INK,
            titleColor=INK,
            domainColor=INK,
            tickColor=INK,
            gridColor=INK,
            gridOpacity=0.2,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            labelLimit=_NAME_PIXELS,
            labelOverlap="greedy",
            labelSeparation=_APART_PIXELS,
        ),
        legend=alt.LegendConfig(
            labelColor=INK, titleColor=INK, labelFontSize=12, orient="bottom", titleLimit=400
        ),
        header=alt.HeaderConfig(labelColor=INK, titleColor=INK, labelFontSize=12),
        title=alt.TitleConfig(color=INK, subtitleColor=INK, fontSize=15, subtitleFontSize=12),
        mark=alt.MarkConfig(aria=False),
    )
    return configured


def _lines(text: str, most: int = 84) -> list[str]:
    """Break a subtitle into lines: Vega does not.

    >>> _lines("one two three", most=8)
    ['one two', 'three']
    """
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
