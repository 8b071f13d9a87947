"""Seconds between consecutive labels: a person's vary, a script's pile up in one place."""

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
    """Draw the histogram: a narrow spike is a machine's beat."""
    return drawn_histogram(
        found,
        "seconds from one label to the next, within a session",
        "How regular the intervals are",
        "Orange: who stands out, or the most suspect one; blue: everybody else. People's intervals "
        "spread over a factor of ten; a spike in one place is the beat of a script.",
    )


CHART = SignalChart(frame=frame, draw=draw)
