"""Each labeler's accuracy on gold with its interval, over all gold and in each class."""

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd

from labeltrust.charts._base import Seen, SignalChart, labeler_frame
from labeltrust.charts._effects import forest
from labeltrust.charts._look import INK, ROW, Drawing, finished
from labeltrust.metrics.gold_accuracy import wilson

LABELERS = 25
CLASSES = 3
"""Classes shown beside all gold: the ones with most of it."""
_ALL = "all gold"
_COLUMNS = ["labeler", "status", "part", "right", "n", "effect", "low", "high", "floor"]


def frame(seen: Seen) -> pd.DataFrame:
    """Return one row a labeler and part of the gold, most suspect first.

    Returns:
        Columns labeler, status, part (`all gold` or a class), right, n, effect (share right), low,
        high, floor (of all gold; NaN in a class).
    """
    people = labeler_frame(seen)
    people = people[people["effect"].notna()].head(LABELERS)
    rows = [
        {"labeler": who, "status": status, **part}
        for who, status, code in zip(
            people["labeler"], people["status"], people["code"], strict=True
        )
        for part in _parts(seen.readings.detail[code], seen.words.fitted)
    ]
    out = pd.DataFrame(rows, columns=["labeler", "status", "part", "right", "n", "floor"])
    gold = out.groupby("part")["n"].sum().sort_values(ascending=False, kind="stable")
    kept = [_ALL, *[part for part in gold.index if part != _ALL][:CLASSES]]
    out = out[out["part"].isin(kept)]
    share = wilson(out["right"].to_numpy(float), out["n"].to_numpy(float), "no gold")
    return out.assign(effect=share.value, low=share.low, high=share.high)[_COLUMNS]


def _parts(detail: Mapping[str, object], words: tuple[str, ...]) -> list[dict[str, object]]:
    right, n, floor = (detail.get(key) for key in ("right", "gold", "floor"))
    by_class = detail.get("by_class")
    if not isinstance(by_class, Mapping):
        return []
    parts: list[dict[str, object]] = [{"part": _ALL, "right": right, "n": n, "floor": floor}]
    for code, counts in by_class.items():
        word = f"only {words[int(code)]}"
        parts.append({"part": word, "right": counts[0], "n": counts[1], "floor": np.nan})
    return parts


def draw(found: pd.DataFrame) -> Drawing:
    """Draw a forest for all gold, and one for each class, side by side."""
    rules, points = forest(found, "share of gold right")
    base = alt.Chart(found)
    floor = base.mark_rule(color=INK, strokeDash=[4, 3], strokeWidth=2).encode(x="mean(floor):Q")
    height = ROW * max(found["labeler"].nunique(), 1)
    layered = alt.layer(floor, rules, points, data=found).properties(width=165, height=height)
    parts = found["part"].drop_duplicates().tolist()
    faceted = layered.facet(column=alt.Column("part:N", title=None, sort=parts))
    return finished(
        faceted,
        "Right on gold, with the 95 % interval",
        "Dashed: the floor over all gold. A labeler can be right on most gold and still miss every "
        "item of a rare class, so each class has a column. Most suspect first.",
    )


CHART = SignalChart(frame=frame, draw=draw)
