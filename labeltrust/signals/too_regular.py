"""Labels at intervals more regular than people's: a script answers every few seconds.

People's intervals spread over a multiple of themselves, since items differ. Counted is the share of
a labeler's intervals within a tenth of his own median; breaks and a few odd items do not hide a
script then, as they would in the coefficient of variation, which is shown beside it. A median under
three units of the clock says nothing: told in whole seconds, short intervals are all alike.
"""

import numpy as np

from labeltrust.inference.crowd_rows import summed
from labeltrust.inference.share_tail import Share, share_population
from labeltrust.metrics.intervals import Intervals, intervals
from labeltrust.signals._base import NO_HONEST_MAJORITY, Evidence, Float, Readings, Signal, silent
from labeltrust.signals._shares import NO_TIMES, TEMPO_TAIL, at_least, share_readings

LEVELS = frozenset({"nominal", "ordinal", "interval", "ratio", "set", "spans", "boxes", "text"})
MIN_INTERVALS = 20
NEAR = 0.1
"""An interval is alike if it is within this share of the labeler's median."""
_UNITS = 3


def read(evidence: Evidence) -> Readings:
    """Compare everybody's share of like intervals with the honest population's."""
    n_labelers = evidence.reference.size
    found = intervals(evidence.judgments)
    if not found.seconds.size:
        return silent(n_labelers, NO_TIMES)
    if not evidence.peers_prove:
        return silent(n_labelers, NO_HONEST_MAJORITY)
    share, enough = at_least(_share(found), MIN_INTERVALS)
    variation = _variation(found)
    detail = tuple(
        {"alike": int(k), "of": int(n), "seconds": _rounded(m), "variation": _rounded(v)}
        for k, n, m, v in zip(share.hits, share.n, found.median_seconds, variation, strict=True)
    )
    tested = share_population(share, evidence.reference, tail=TEMPO_TAIL)
    needs = f"{MIN_INTERVALS} intervals within sessions, of {_UNITS} units of the clock or longer"
    return share_readings(share, tested, detail, enough=enough, needs=needs)


def _share(found: Intervals) -> Share:
    median = found.median_seconds
    fine = median >= _UNITS * found.resolution_seconds
    off = np.abs(found.seconds - median[found.labeler])
    alike = off <= np.maximum(NEAR * median[found.labeler], found.resolution_seconds / 2)
    n = np.where(fine, found.n, 0).astype(np.float64)
    hits = np.where(fine, summed(found.labeler, alike, found.n.size), 0.0)
    return Share(hits=hits, n=n, expected=n * hits.sum() / max(float(n.sum()), 1.0))


def _variation(found: Intervals) -> Float:
    """Return the coefficient of variation of each labeler's intervals, NaN without any."""
    n, size = np.maximum(found.n, 1), found.n.size
    mean = np.bincount(found.labeler, found.seconds, size) / n
    square = np.bincount(found.labeler, found.seconds**2, size) / n
    spread = np.sqrt(np.maximum(square - mean**2, 0.0))
    return np.where(found.n > 0, spread / np.maximum(mean, 1e-9), np.nan)


def _rounded(value: float) -> float | None:
    return round(float(value), 3) if np.isfinite(value) else None


SIGNAL = Signal(
    title="labels at intervals too regular for a person",
    levels=LEVELS,
    min_judgments=MIN_INTERVALS + 1,
    read=read,
    corroborates_only=True,
    unit="share of intervals alike, beyond the typical labeler",
    needs=frozenset({"times"}),
)
