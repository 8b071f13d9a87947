"""Gives labels in bursts: one right after the other, quicker than labelers work here.

Only times of labels are needed, not durations. Two looks: the labeler's median interval within
sessions against the others', for somebody who always rushes; and the share of intervals under a
fifth of his own median, for somebody who works off part of them at a click. Labels of one moment
came together, as a batch, and say nothing. It corroborates what other signals say, and opens no
flag: to work off a queue of easy items is no offence.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.crowd_rows import summed
from labeltrust.inference.population_null import fit_null
from labeltrust.inference.share_tail import Share, share_population
from labeltrust.metrics.intervals import Intervals, busiest_minute, intervals
from labeltrust.signals._base import (
    NO_HONEST_MAJORITY,
    Effects,
    Evidence,
    Float,
    Int,
    Readings,
    Said,
    Signal,
    readings,
    silent,
)
from labeltrust.signals._shares import NO_TIMES, TEMPO_TAIL

LEVELS = frozenset({"nominal", "ordinal", "interval", "ratio", "set", "spans", "boxes", "text"})
MIN_INTERVALS = 20
SHORT = 5.0
"""An interval is short if it is under the labeler's median divided by this."""
_LOOKS = 2
_Z95 = 1.959963984540054
_MEDIAN = 1.2533  # standard error of a median over that of a mean, sqrt(pi / 2)


def read(evidence: Evidence) -> Readings:
    """Compare everybody's intervals with the honest population's, and with his own."""
    n_labelers = evidence.reference.size
    found = intervals(evidence.judgments)
    if not found.seconds.size:
        return silent(n_labelers, NO_TIMES)
    if not evidence.peers_prove:
        return silent(n_labelers, NO_HONEST_MAJORITY)
    enough = found.n >= MIN_INTERVALS
    quick, error = (np.where(enough, x, np.nan) for x in _quickness(found))
    null = fit_null(quick, error, evidence.reference)
    if isinstance(null, Undefined):
        return silent(n_labelers, null.reason)
    share = _share(found)
    p_values = [replace(null, tail=TEMPO_TAIL).p_values(quick, error)]
    short = share_population(share, evidence.reference, tail=TEMPO_TAIL)
    if not isinstance(short, Undefined):
        p_values.append(short.p_value)
    p_value = np.minimum(np.fmin.reduce(p_values) * _LOOKS, 1.0)
    said = Said(p_value=p_value, log_e=np.full(n_labelers, np.nan))
    beyond = quick - null.mean
    saved = [1 - np.exp(-beyond + z * error) for z in (0.0, _Z95, -_Z95)]
    effects = Effects(value=saved[0], low=saved[1], high=saved[2], n=found.n)
    detail = _details(found, share, busiest_minute(evidence.judgments))
    needs = f"{MIN_INTERVALS} intervals within sessions"
    return readings(effects, said, detail, enough=enough, needs=needs)


def _quickness(found: Intervals) -> tuple[Float, Float]:
    """Return minus the log of the median interval, with its error from the spread pooled."""
    centre = np.log(np.where(found.n > 0, found.centre_seconds, 1.0))
    off = np.log(found.seconds) - centre[found.labeler]
    # the pooled median deviation, so that the few in bursts do not widen it for all
    spread = 1.4826 * float(np.median(np.abs(off)))
    return -centre, _MEDIAN * max(spread, 1e-3) / np.sqrt(np.maximum(found.n, 1))


def _share(found: Intervals) -> Share:
    limit, unit = found.centre_seconds / SHORT, found.resolution_seconds
    told = (found.n >= MIN_INTERVALS) & (limit >= unit)
    n = np.where(told, found.n, 0).astype(np.float64)
    # an interval told as k units is anything from k - 1/2 to k + 1/2
    short = np.clip((limit[found.labeler] - found.seconds) / unit + 0.5, 0.0, 1.0)
    hits = np.where(told, np.floor(summed(found.labeler, short, n.size)), 0.0)
    return Share(hits=hits, n=n, expected=n * hits.sum() / max(float(n.sum()), 1.0))


def _details(found: Intervals, share: Share, minute: Int) -> tuple[Mapping[str, object], ...]:
    return tuple(
        {
            "median_seconds": round(float(m), 3) if np.isfinite(m) else None,
            "short": int(k),
            "of": int(n),
            "busiest_minute": int(b),
        }
        for m, k, n, b in zip(found.median_seconds, share.hits, share.n, minute, strict=True)
    )


SIGNAL = Signal(
    title="gives labels in bursts",
    levels=LEVELS,
    min_judgments=MIN_INTERVALS + 1,
    read=read,
    corroborates_only=True,
    unit="share of the typical interval saved",
    needs=frozenset({"times"}),
)
