"""Seconds between consecutive labels: who gives them in bursts."""

import pandas as pd

from labeltrust.charts._base import Seen, SignalChart
from labeltrust.charts._histogram import drawn_histogram, histogram
from labeltrust.charts._look import Drawing
from labeltrust.metrics.intervals import intervals


def frame(seen: Seen) -> pd.DataFrame:
    """Return the histogram of intervals within sessions, in seconds."""
    found = intervals(seen.evidence.judgments)
    return histogram(seen, found.labeler, found.seconds)


def draw(found: pd.DataFrame) -> Drawing:
    """Draw the histogram: bursts lie on the left."""
    return drawn_histogram(
        found,
        "seconds from one label to the next, within a session",
        "How quickly labels follow each other",
        "Orange: who stands out, or the most suspect one; blue: everybody else. A hump far to the "
        "left is a burst: many labels in a time in which nobody reads as many items.",
    )


CHART = SignalChart(frame=frame, draw=draw)
