"""Time spent against the others of the same items: who clicks without reading."""

import numpy as np
import pandas as pd

from labeltrust.charts._base import Seen, SignalChart
from labeltrust.charts._histogram import drawn_histogram, histogram
from labeltrust.charts._look import Drawing
from labeltrust.inference.crowd_rows import summed


def frame(seen: Seen) -> pd.DataFrame:
    """Return the histogram of durations over the geometric mean of the item's other labels."""
    block = seen.evidence.judgments
    timed = np.flatnonzero(block.duration_seconds > 0)
    log = np.log(block.duration_seconds[timed])
    item = block.item[timed]
    total, n = summed(item, log, block.n_items), np.bincount(item, minlength=block.n_items)
    shared = n[item] > 1
    others = (total[item] - log)[shared] / (n[item][shared] - 1)
    return histogram(seen, block.labeler[timed][shared], np.exp(log[shared] - others))


def draw(found: pd.DataFrame) -> Drawing:
    """Draw the histogram: at 1 a labeler takes as long as the others of the same items."""
    return drawn_histogram(
        found,
        "time spent, times that of others on the same item",
        "How long labelers take",
        "At 1 a label took as long as the others of the same item, so hard items make nobody slow. "
        "Orange: who stands out, or the most suspect one; blue: everybody else.",
    )


CHART = SignalChart(frame=frame, draw=draw)
