"""The charts of the report, as SVG files."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from labeltrust.domain.estimates import Estimate
from labeltrust.redteam.methods import OURS
from labeltrust.redteam.summary import AttackFigures

if TYPE_CHECKING:
    from labeltrust.redteam.report import Report

_WIDTH = 420
_OURS, _OTHER = "#1b6ca8", "#b0682c"
_RENDERER = "vl_convert"


def write_all(report: "Report", folder: Path) -> list[Path]:
    """Write every chart that has data; nothing where the renderer is not installed."""
    if find_spec(_RENDERER) is None:
        return []
    figures = report.of("attacks")
    charts = {
        "auc.svg": auc(figures),
        "power.svg": power(figures),
        "time-to-detect.svg": time_to_detect(report.frames["attackers"]),
        "framing.svg": framing(report.frames["framing"]),
    }
    written = []
    for name, chart in charts.items():
        if chart is not None:
            chart.save(folder / name)
            written.append(folder / name)
    return written


def auc(figures: list[AttackFigures]) -> alt.LayerChart | None:
    """Return the AUC of the product and of the best other method, per attack."""
    rows = [
        {"attack": f.cell, "method": name, **_values(found)}
        for f in figures
        for name, found in ((OURS, f.auc), ("best other", f.best_auc))
        if isinstance(found, Estimate)
    ]
    return _dots(rows, "chance to rank an attacker above an honest labeler")


def power(figures: list[AttackFigures]) -> alt.LayerChart | None:
    """Return the power of review flags at 5 %, and that of the oracle, per attack."""
    rows = [
        {"attack": f.cell, "method": name, **_values(found)}
        for f in figures
        for name, found in ((OURS, f.power), ("oracle", f.oracle_power))
        if isinstance(found, Estimate)
    ]
    return _dots(rows, "share of attackers flagged at a false discovery rate of 5 %")


def _values(found: Estimate) -> dict[str, float]:
    low, high = max(found.low, 0.0), min(found.high, 1.0)
    return {"value": found.value, "low": low, "high": high}


def _dots(rows: list[dict[str, object]], title: str) -> alt.LayerChart | None:
    if not rows:
        return None
    frame = pd.DataFrame(rows)
    order = list(dict.fromkeys(frame["attack"]))
    base = alt.Chart(frame).encode(
        y=alt.Y("attack:N", sort=order, title=None),
        color=alt.Color("method:N", title=None, scale=alt.Scale(range=[_OTHER, _OURS]),
                        sort=["best other", "oracle", OURS]),
    )  # fmt: skip
    dots = base.mark_point(filled=True, size=60).encode(
        x=alt.X("value:Q", title=title, scale=alt.Scale(domain=[0, 1])),
        shape=alt.Shape("method:N", legend=None, sort=["best other", "oracle", OURS]),
    )
    chart: alt.LayerChart = (dots + base.mark_rule().encode(x="low:Q", x2="high:Q")).properties(
        width=_WIDTH
    )
    return chart


def time_to_detect(attackers: pd.DataFrame) -> alt.Chart | None:
    """Return the share of attackers flagged against their labels since the onset."""
    if not len(attackers):
        return None
    wanted = {"flip 30 %", "targeted 30 %", "flip 50 % from half-time", "copy ring 30 %"}
    curves = [
        _curve(str(cell), rows)
        for cell, rows in attackers.groupby("cell", sort=False)
        if cell in wanted
    ]
    if not curves:
        return None
    chart: alt.Chart = (
        alt.Chart(pd.concat(curves))
        .mark_line(interpolate="step-after")
        .encode(
            x=alt.X("labels:Q", title="labels since the onset"),
            y=alt.Y("share:Q", title="share of attackers flagged by then"),
            color=alt.Color("attack:N", title=None),
            strokeDash=alt.StrokeDash("attack:N", title=None),
        )
        .properties(width=_WIDTH)
    )
    return chart


def _curve(cell: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the share flagged by each number of labels; the never flagged stay below the top."""
    counts = rows["labels_to_flag"].dropna().astype(float).sort_values()
    share = [(k + 1) / len(rows) for k in range(len(counts))]
    start = pd.DataFrame({"attack": [cell], "labels": [0.0], "share": [0.0]})
    return pd.concat(
        [start, pd.DataFrame({"attack": cell, "labels": counts.tolist(), "share": share})]
    )


def framing(rows: pd.DataFrame) -> alt.HConcatChart | None:
    """Return two heat maps of the framing grid: the victim is frozen; the accusers surface."""
    if not len(rows):
        return None
    grid = rows.groupby(["labels_per_item", "ring", "reach"], as_index=False)[
        ["victim_held", "accusers_surface"]
    ].mean()
    chart: alt.HConcatChart = alt.hconcat(
        _heat(grid, "victim_held", "victim's labels frozen", _OTHER),
        _heat(grid, "accusers_surface", "accusers surface", _OURS),
    ).resolve_scale(color="independent")
    return chart


def _heat(grid: pd.DataFrame, column: str, title: str, colour: str) -> alt.FacetChart:
    base = alt.Chart(grid).encode(
        x=alt.X("reach:O", title="reach", axis=alt.Axis(format=".0%", labelAngle=0)),
        y=alt.Y("ring:O", title="ring"),
    )
    boxes = base.mark_rect().encode(
        color=alt.Color(
            f"{column}:Q",
            title=None,
            scale=alt.Scale(range=["#ffffff", colour], domain=[0, 1], interpolate="rgb"),
            legend=None,
        )
    )
    words = base.mark_text().encode(text=alt.Text(f"{column}:Q", format=".1%"))
    chart: alt.FacetChart = (
        (boxes + words)
        .properties(width=230, height=110)
        .facet(row=alt.Row("labels_per_item:O", title="labels an item"), title=title)
    )
    return chart
