"""How often each labeler calls one class another, against what he would as a typical labeler."""

import altair as alt
import numpy as np
import pandas as pd

from labeltrust.charts._base import Seen, SignalChart, labeler_frame
from labeltrust.charts._look import ROW, Drawing, finished
from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import Float, summed

LABELERS = 20
PAIRS = 8


def frame(seen: Seen) -> pd.DataFrame:
    """Return one row a labeler and ordered pair of classes, most suspect labelers first.

    Returns:
        Columns labeler, status, pair, times, expected, doubled (log2 of their ratio, one added to
        both, so that 3 where 1 is expected is no sensation), text.
    """
    top = labeler_frame(seen).head(LABELERS)
    times, expected = _counts(seen.evidence.crowd)
    words, code = seen.words.fitted, top["code"].to_numpy()
    parts = [
        pd.DataFrame(
            {
                "labeler": top["labeler"].to_numpy(),
                "status": top["status"].to_numpy(),
                "pair": f"{words[t]} \u2192 {words[x]}",
                "times": times[code, t, x],
                "expected": expected[code, t, x],
                "doubled": np.log2((times + 1) / (expected + 1))[code, t, x],
            }
        )
        for t, x in _busiest(times, expected)
    ]
    columns = ["labeler", "status", "pair", "times", "expected", "doubled"]
    out = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    text = [f"{a:.0f} / {b:.0f}" for a, b in zip(out["times"], out["expected"], strict=True)]
    return out.assign(text=text)


def _counts(crowd: FittedCrowd) -> tuple[Float, Float]:
    """Return flips and their expectation, each (n_labelers, n_classes, n_classes)."""
    rows, belief = crowd.rows, crowd.belief
    usual = belief @ crowd.model.typical
    shape = (rows.n_labelers, rows.n_classes, rows.n_classes)
    times, expected = np.zeros(shape), np.zeros(shape)
    for t in range(rows.n_classes):
        for x in range(rows.n_classes):
            said = belief[:, t] * (rows.label == x)
            times[:, t, x] = summed(rows.labeler, said, rows.n_labelers)
            expected[:, t, x] = summed(rows.labeler, belief[:, t] * usual[:, x], rows.n_labelers)
    return times, expected


def _busiest(times: Float, expected: Float) -> list[tuple[int, int]]:
    """Return the pairs of unlike classes that somebody strays furthest in, `PAIRS` at most."""
    n_classes = times.shape[1]
    pairs = [(t, x) for t in range(n_classes) for x in range(n_classes) if t != x]
    far = ((times - expected) / np.sqrt(expected + 1)).max(axis=0, initial=0.0)
    return sorted(sorted(pairs, key=lambda p: -float(far[p]))[:PAIRS])


def draw(found: pd.DataFrame) -> Drawing:
    """Draw a heat map: orange where he says it more often than expected, blue where less."""
    base = alt.Chart(found).encode(
        x=alt.X("pair:N", title="others see \u2192 he says", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("labeler:N", sort=None, title=None),
        tooltip=[
            alt.Tooltip("labeler:N", title="labeler"),
            alt.Tooltip("pair:N", title="others see \u2192 he says"),
            alt.Tooltip("times:Q", title="times", format=".0f"),
            alt.Tooltip("expected:Q", title="expected", format=".1f"),
        ],
    )
    scale = alt.Scale(scheme="blueorange", domain=[-1.5, 1.5], clamp=True)
    cells = base.mark_rect().encode(
        color=alt.Color("doubled:Q", scale=scale, title="doublings beyond expectation")
    )
    ink = alt.condition("abs(datum.doubled) > 1.1", alt.value("white"), alt.value("#1b1f24"))
    numbers = base.mark_text(fontSize=11).encode(text="text:N", color=ink)
    n = found["labeler"].nunique()
    width = 130 * max(found["pair"].nunique(), 1)
    return finished(
        alt.layer(cells, numbers).properties(width=width, height=ROW * max(n, 1)),
        "Who calls one class another",
        "Times counted / times that a typical labeler of the same items would. The others decide "
        "what an item is, each labeler left out of his own comparison. Most suspect first.",
    )


CHART = SignalChart(frame=frame, draw=draw)
