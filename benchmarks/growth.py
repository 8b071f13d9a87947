"""How cost grows with labels: floor, pair counts, alphas, whole assessment; exponents, a chart.

The floor is one product of scipy.sparse: all pairs of labels of one item, counted. Each size of
each work runs in a process of its own, in turns; seconds are those of the processor, so that
neighbours on the machine count little. The exponent is the slope of log seconds over log labels
from 100,000 labels on, where the fixed cost of a start no longer shows; its interval comes from the
residuals (ordinary least squares, statsmodels).

    python benchmarks/growth.py [--sizes 10000,100000,1000000] [--rounds 3] [--write FOLDER]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd
import statsmodels.api as sm
import vl_convert
from _sizes import WORK

SIZES = (10_000, 31_623, 100_000, 316_228, 1_000_000, 3_162_278, 10_000_000)
FROM, LARGE = 100_000, 3_000_000
MOST_EXPONENT, MOST_OVER_FLOOR, MOST_MB = 1.05, 5.0, 4_096
_LEAST_POINTS = 3


def main() -> int:
    """Measure, print, and judge the claims at the greatest size."""
    asked = _arguments()
    sizes = [int(size) for size in asked.sizes.split(",")] if asked.sizes else list(SIZES)
    table = pd.DataFrame([row for n in sizes for row in measured(n, _rounds(n, asked.rounds))])
    for name, rows in table.groupby("work", sort=False):
        print(f"{name:12} {exponent(rows)}")
    if asked.write:
        written(table, Path(asked.write))
    return judged(table)


def _rounds(n_labels: int, asked: int) -> int:
    """Return how often to measure a size: the large ones once, or it would take an hour."""
    return asked if n_labels < LARGE else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", default="", help="labels, such as 10000,100000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", default="", help="folder for figures and chart")
    return parser.parse_args()


def measured(n_labels: int, rounds: int) -> list[dict[str, object]]:
    """Return the median of each work at a size, and its ratio to the floor of the same round."""
    runs = [{name: _run(name, n_labels) for name in WORK} for _ in range(rounds)]
    rows = []
    for name in WORK:
        middle = {key: statistics.median(run[name][key] for run in runs) for key in runs[0][name]}
        over = [run[name]["cpu_seconds"] / run["floor"]["cpu_seconds"] for run in runs]
        spread = {"over_floor": statistics.median(over), "least": min(over), "most": max(over)}
        rows.append({"work": name, "labels": n_labels, **middle, **spread})
        print(
            f"{n_labels:>10,} {name:12} {middle['cpu_seconds']:9.3f} CPU s "
            f"{middle['seconds']:9.3f} s {middle['peak_mb']:7.0f} MB  "
            f"{spread['over_floor']:6.2f} of the floor ({min(over):.2f} to {max(over):.2f})",
            flush=True,
        )
    return rows


def _run(name: str, n_labels: int) -> dict[str, float]:
    script = str(Path(__file__).with_name("_sizes.py"))
    one_thread = os.environ | {"OMP_NUM_THREADS": "1"}  # as `labeltrust/__main__.py` says
    command = [sys.executable, script, name, str(n_labels)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env=one_thread)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def exponent(rows: pd.DataFrame) -> str:
    """Return the fitted exponent as text, or why there is none."""
    large = rows[rows["labels"] >= FROM]
    if len(large) < _LEAST_POINTS:
        return f"no exponent: fewer than {_LEAST_POINTS} sizes from {FROM:,} labels on"
    fit = _fit(large)
    low, high = fit.conf_int()[1]
    return f"grows as labels to the {fit.params[1]:.3f} (95 %: {low:.3f} to {high:.3f})"


def _fit(large: pd.DataFrame) -> sm.regression.linear_model.RegressionResults:
    x = sm.add_constant(np.log(large["labels"].to_numpy(dtype=float)))
    return sm.OLS(np.log(large["cpu_seconds"].to_numpy(dtype=float)), x).fit()


def judged(table: pd.DataFrame) -> int:
    """Say which claims hold at the greatest size; 1 where one does not."""
    last = table[table["labels"] == table["labels"].max()].set_index("work")
    large = table[(table["work"] == "assessment") & (table["labels"] >= FROM)]
    claims = {
        f"assessment within {MOST_OVER_FLOOR:.0f} of the floor": (
            last.loc["assessment", "over_floor"] <= MOST_OVER_FLOOR
        ),
        f"assessment under {MOST_MB:,} MB": last.loc["assessment", "peak_mb"] < MOST_MB,
        "pair counts within 1.0 of the floor": last.loc["pair counts", "over_floor"] <= 1.0,
    }
    if len(large) >= _LEAST_POINTS:
        claims[f"exponent at most {MOST_EXPONENT}"] = _fit(large).params[1] <= MOST_EXPONENT
    for claim, holds in claims.items():
        print(f"{claim}: {'holds' if holds else 'DOES NOT HOLD'}")
    return 0 if all(claims.values()) else 1


def written(table: pd.DataFrame, folder: Path) -> None:
    """Write figures and chart."""
    folder.mkdir(parents=True, exist_ok=True)
    rounded = table.round(3).to_dict("records")
    (folder / "growth.json").write_text(json.dumps(rounded, indent=1) + "\n")
    (folder / "growth.svg").write_text(vl_convert.vegalite_to_svg(chart(table).to_json()))


def chart(table: pd.DataFrame) -> alt.LayerChart:
    """Return seconds over labels, both logarithmic; a straight line is a power."""
    base = alt.Chart(table).encode(
        x=alt.X(
            "labels:Q", title="labels", scale=alt.Scale(type="log"), axis=alt.Axis(format="~s")
        ),
        y=alt.Y("cpu_seconds:Q", title="processor seconds", scale=alt.Scale(type="log")),
        color=alt.Color("work:N", title=None, sort=list(WORK)),
    )
    lines = base.mark_line() + base.mark_point(filled=True, size=40)
    return lines.properties(width=520, height=320)


if __name__ == "__main__":
    sys.exit(main())
