"""Charts of one labeler, from what an assessment keeps of each: frames, drawings, and words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from labeltrust.charts._look import INK, ORDINARY, SUSPECT, WIDTH, Drawing, finished
from labeltrust.domain.clock import moment

_CELL = 46


def confusion_frame(
    portrait: Mapping[str, Any], words: Sequence[str], against: str
) -> pd.DataFrame:
    """Return one row a true and a said class: times, of the true class, and share.

    Args:
        portrait: What is kept of the labeler.
        words: Words of the classes by code.
        against: `gold`, or `believed` for what peers believe.
    """
    table = np.array(portrait.get(against, []), dtype=np.float64).reshape(-1, max(len(words), 1))
    totals = table.sum(axis=1)
    rows = [
        {
            "true": words[t],
            "said": words[x],
            "times": float(table[t, x]),
            "of": float(totals[t]),
            "share": float(table[t, x] / totals[t]) if totals[t] else 0.0,
        }
        for t in range(len(table))
        for x in range(len(words))
        if totals[t] > 0
    ]
    return pd.DataFrame(rows, columns=["true", "said", "times", "of", "share"])


def draw_confusion(found: pd.DataFrame, words: Sequence[str], against: str) -> Drawing:
    """Draw a heat map: a row a true class, shares of what the labeler says of it."""
    order = list(words)
    base = alt.Chart(found).encode(
        x=alt.X("said:N", sort=order, title="said", axis=alt.Axis(orient="top", labelAngle=-30)),
        y=alt.Y("true:N", sort=order, title=_AGAINST[against]),
        tooltip=[
            alt.Tooltip("true:N", title=_AGAINST[against]),
            alt.Tooltip("said:N", title="said"),
            alt.Tooltip("times:Q", title="times", format=".1f"),
            alt.Tooltip("share:Q", title="share", format=".1%"),
        ],
    )
    scale = alt.Scale(scheme="blues", domain=[0, 1])
    cells = base.mark_rect().encode(
        color=alt.Color("share:Q", scale=scale, title="share", legend=alt.Legend(format=".0%"))
    )
    ink = alt.condition("datum.share > 0.55", alt.value("white"), alt.value("#1b1f24"))
    numbers = base.mark_text(fontSize=12).encode(text=alt.Text("times:Q", format=".0f"), color=ink)
    n = max(found["said"].nunique(), 1)
    return finished(
        alt.layer(cells, numbers).properties(
            width=max(_CELL * n, 150), height=_CELL * max(found["true"].nunique(), 1)
        ),
        f"What the labeler says, by {_AGAINST[against]}",
        "Each row adds up to all items of that class; the diagonal is where both agree.",
    )


_AGAINST = {"gold": "gold label", "believed": "what peers believe"}


def confusion_words(found: pd.DataFrame, against: str) -> str:
    """Return the confusion in a sentence or two."""
    if found.empty:
        return (
            "No gold items were answered." if against == "gold" else "No item is shared with peers."
        )
    total = found.drop_duplicates("true")["of"].sum()
    right = found[found["true"] == found["said"]]["times"].sum()
    wrong = found[(found["true"] != found["said"]) & (found["times"] > 0)]
    whole = f"{right:.0f} of {total:.0f} labels are as the {_AGAINST[against]} says"
    if against != "gold":
        whole = f"{right:.0f} of {total:.0f} labels are as peers believe"
    if wrong.empty:
        return f"{whole}."
    worst = wrong.sort_values("times", ascending=False, kind="stable").iloc[0]
    return (
        f"{whole}. Most often otherwise: \u201c{worst['said']}\u201d where it is "
        f"\u201c{worst['true']}\u201d, {worst['times']:.0f} of {worst['of']:.0f} times."
    )


def mix_frame(portrait: Mapping[str, Any], words: Sequence[str]) -> pd.DataFrame:
    """Return one row a class and who: the labeler's share, and that of the others there."""
    parts = []
    for who, key in (("this labeler", "mix"), ("others, same items", "peers")):
        counts = np.array(portrait.get(key, []), dtype=np.float64)
        total = counts.sum()
        parts += [
            {"label": words[k], "who": who, "share": float(counts[k] / total), "n": float(total)}
            for k in range(counts.size)
            if total > 0
        ]
    return pd.DataFrame(parts, columns=["label", "who", "share", "n"])


def draw_mix(found: pd.DataFrame, words: Sequence[str]) -> Drawing:
    """Draw two bars a class: the labeler, and the others of the same items."""
    people = ["this labeler", "others, same items"]
    scale = alt.Scale(domain=people, range=[SUSPECT, ORDINARY])
    bars = (
        alt.Chart(found)
        .mark_bar()
        .encode(
            y=alt.Y("label:N", sort=list(words), title=None),
            yOffset=alt.YOffset("who:N", sort=people),
            x=alt.X("share:Q", title="share of labels", axis=alt.Axis(format=".0%")),
            color=alt.Color("who:N", scale=scale, title=None),
            tooltip=[
                alt.Tooltip("label:N", title="label"),
                alt.Tooltip("who:N", title="who"),
                alt.Tooltip("share:Q", title="share", format=".1%"),
            ],
        )
    )
    height = 38 * max(found["label"].nunique(), 1)
    return finished(
        bars.properties(width=WIDTH, height=height),
        "Labels given, against others of the same items",
        "Hard or skewed items move nobody: the others answered the very same ones.",
    )


def mix_words(found: pd.DataFrame) -> str:
    """Return the largest difference in a sentence."""
    if found.empty:
        return "No item is shared with peers, so there is nothing to compare with."
    wide = found.pivot_table(index="label", columns="who", values="share", sort=False)
    moved = wide["this labeler"] - wide["others, same items"]
    most = str(moved.abs().idxmax())
    n = found["n"].iloc[0]
    return (
        f"On {n:.0f} shared labels: \u201c{most}\u201d {wide['this labeler'][most]:.1%} of the "
        f"time, others of the same items {wide['others, same items'][most]:.1%}; that is the "
        "largest difference."
    )


def timeline_frame(portrait: Mapping[str, Any]) -> pd.DataFrame:
    """Return one row a span of time: from, to, labels, share that peers doubt, and usual share."""
    spans = portrait.get("spans") or {"span": [], "n": [], "doubted": [], "usual": []}
    first, width = spans.get("first_us", 0), spans.get("width_us", 1)
    rows = [
        {
            "begins": moment(first + k * width),
            "ends": moment(first + (k + 1) * width),
            "labels": n,
            "doubted": doubted / n,
            "usual": usual / n,
        }
        for k, n, doubted, usual in zip(
            spans["span"], spans["n"], spans["doubted"], spans["usual"], strict=True
        )
    ]
    return pd.DataFrame(rows, columns=["begins", "ends", "labels", "doubted", "usual"])


def draw_timeline(found: pd.DataFrame, onset: datetime | None) -> Drawing:
    """Draw labels a span below, and above them the share that peers doubt, with the onset."""
    across = alt.X("begins:T", title=None, axis=alt.Axis(format="%d %b"))
    tips = [
        alt.Tooltip("begins:T", title="from", format="%Y-%m-%d"),
        alt.Tooltip("labels:Q", title="labels"),
        alt.Tooltip("doubted:Q", title="doubted by peers", format=".1%"),
        alt.Tooltip("usual:Q", title="usual there", format=".1%"),
    ]
    up = alt.Y("doubted:Q", title="doubted by peers", axis=alt.Axis(format=".0%"))
    base = alt.Chart(found).encode(x=across, tooltip=tips)
    line = base.mark_line(color=SUSPECT, strokeWidth=2, point=alt.OverlayMarkDef(color=SUSPECT))
    usual = base.mark_line(color=ORDINARY, strokeDash=[2, 2]).encode(y="usual:Q")
    layers = [usual, line.encode(y=up)]
    if onset is not None:
        when = pd.DataFrame({"onset": [pd.Timestamp(onset)]})
        rule = alt.Chart(when).mark_rule(color=INK, strokeDash=[5, 3], strokeWidth=2)
        layers.append(rule.encode(x="onset:T"))
    above = alt.layer(*layers).properties(width=WIDTH, height=190)
    below = (
        alt.Chart(found)
        .mark_rect(color=ORDINARY, opacity=0.7)
        .encode(
            x=alt.X("begins:T", title="time of the label (UTC)", axis=alt.Axis(format="%d %b")),
            x2="ends:T",
            y=alt.Y("labels:Q", title="labels"),
            y2=alt.datum(0),
            tooltip=tips,
        )
        .properties(width=WIDTH, height=70)
    )
    return finished(
        alt.vconcat(above, below).resolve_scale(x="shared"),
        "Labels and doubt over time",
        "Orange: share of labels that peers doubt. Dotted: what a typical labeler of the same "
        "items has. Dashed upright: the estimated onset. Below: how many labels.",
    )


def timeline_words(found: pd.DataFrame, onset: datetime | None) -> str:
    """Return the timeline in a sentence or two."""
    if found.empty:
        return "No label yet."
    n = int(found["labels"].sum())
    first, last = found["begins"].min(), found["begins"].max()
    said = f"{n} labels from {first:%Y-%m-%d} to {last:%Y-%m-%d}"
    if onset is None:
        return f"{said}; peers doubt {_doubted(found):.0%} of them, {_usual(found):.0%} is usual."
    before, after = found[found["ends"] <= onset], found[found["ends"] > onset]
    told = f"{said}. Estimated onset {onset:%Y-%m-%d %H:%M} UTC"
    if before.empty or after.empty:
        return f"{told}; peers doubt {_doubted(found):.0%}, {_usual(found):.0%} is usual."
    return (
        f"{told}: peers doubt {_doubted(before):.0%} of the labels before it and "
        f"{_doubted(after):.0%} from then on, where {_usual(after):.0%} is usual."
    )


def _doubted(found: pd.DataFrame) -> float:
    return float((found["doubted"] * found["labels"]).sum() / found["labels"].sum())


def _usual(found: pd.DataFrame) -> float:
    return float((found["usual"] * found["labels"]).sum() / found["labels"].sum())
