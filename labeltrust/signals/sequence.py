"""Answers follow the sequence rather than the item: the same label over and over, or in turn.

What peers see of each item and how the labeler confuses classes is taken out first, so that a
sorted batch of items is no pattern. Honest streams are a little regular too, by batches and breaks;
how much is learned from the crowd.
"""

from collections.abc import Mapping

import numpy as np

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.periods import clock_of, times
from labeltrust.inference.population_null import MIN_POPULATION, fit_null
from labeltrust.inference.stream_pattern import Pattern, patterns
from labeltrust.signals._base import (
    NO_HONEST_MAJORITY,
    Effects,
    Evidence,
    Float,
    Readings,
    Said,
    Signal,
    readings,
    silent,
)

LEVELS = frozenset({"nominal", "ordinal", "interval", "ratio"})
MIN_JUDGMENTS = 30
_LOOKS = 6
"""Every period once; the same label again is looked for both ways, too often and too seldom."""
_Z95 = 1.959963984540054


def read(evidence: Evidence) -> Readings:
    """Ask whether a labeler's last labels tell the next one better than the item does."""
    crowd = evidence.crowd
    rows, n_labelers = crowd.rows, crowd.rows.n_labelers
    if not rows.n or np.ptp(times(rows, clock_of(rows))) == 0:
        return silent(n_labelers, "no times: nobody knows which label came first")
    if not evidence.peers_prove:
        return silent(n_labelers, NO_HONEST_MAJORITY)
    known = np.bincount(rows.labeler, crowd.others.sum(axis=1) > 0, n_labelers)
    enough = known >= MIN_JUDGMENTS
    if int(enough.sum()) < MIN_POPULATION:
        few = f"fewer than {MIN_POPULATION} labelers have {MIN_JUDGMENTS} labels on shared items"
        return silent(n_labelers, few)
    found = patterns(crowd)
    p_values = np.nan_to_num(np.array([_tail(p, evidence) for p in found]), nan=1.0)
    worst, who = p_values.argmin(axis=0), np.arange(n_labelers)
    excess, error = (
        np.nan_to_num(np.array([getattr(p, name) for p in found]))[worst, who]
        for name in ("excess", "excess_error")
    )
    effects = Effects(
        value=excess,
        low=np.maximum(excess - _Z95 * error, -1.0),
        high=np.minimum(excess + _Z95 * error, 1.0),
        n=known.astype(np.int64),
    )
    p_value = np.minimum(p_values.min(axis=0) * _LOOKS, 1.0)
    said = Said(p_value=p_value, log_e=np.full(n_labelers, np.nan))
    detail = tuple(_detail(found[k]) for k in worst.tolist())
    needs = f"{MIN_JUDGMENTS} labels on shared items"
    return readings(effects, said, detail, enough=enough, needs=needs)


def _tail(pattern: Pattern, evidence: Evidence) -> Float:
    """Return p-values of following a pattern more than the honest do; the same label: also less."""
    null = fit_null(pattern.size, pattern.error, evidence.reference)
    if isinstance(null, Undefined):
        return np.full(pattern.size.size, np.nan)
    if pattern.period > 1:
        return null.p_values(pattern.size, pattern.error)
    return null.two_sided(pattern.size, pattern.error)


def _detail(pattern: Pattern) -> Mapping[str, object]:
    return {"period": pattern.period}


SIGNAL = Signal(
    title="answers follow the sequence, not the item",
    levels=LEVELS,
    min_judgments=MIN_JUDGMENTS,
    read=read,
    unit="share of labels equal to an earlier one, beyond what the items explain",
    needs=frozenset({"times"}),
    weight=0.5,
    whole_from=100,
)
