"""M10: labels that are unlike the label before them on their item, against the project's past."""

import json
from collections.abc import Callable

import numpy as np

from labeltrust.domain.estimates import Estimate, Measured, Undefined
from labeltrust.domain.measures import MEASURES, WEEK
from labeltrust.metrics.pair_slots import SLOT_SECONDS
from labeltrust.policy.burn import Counted, Series, bad_share
from labeltrust.services._slots import PAIRS
from labeltrust.services.slis._base import Asked, Found, Indicator
from labeltrust.store.assessments import latest_assessment
from labeltrust.store.project_slots import Slots, kept_slots

TOLERATED = 0.03
"""The objective is so much below what was usual."""
LEAST_PAIRS = 200
"""A baseline of fewer pairs is none."""


def read(asked: Asked) -> Found:
    """Return pairs by slot, and the objective: the agreement before this week less 3 points."""
    kept = kept_slots(asked.session, asked.project_id, PAIRS)
    alpha = _alpha(asked)
    if kept is None:
        reason = (
            "nothing was assessed yet"
            if isinstance(alpha, Undefined)
            else "labels of this scale are alike by degree: see alpha"
        )
        return Found(reason=reason, beside={"alpha": alpha})
    usual = _usual(kept, asked.now_seconds)
    windows = {source: _windows(kept, asked.now_seconds, source) for source in _sources(kept)}
    week = windows[None](MEASURES["M10"].span_seconds)
    return Found(
        windows=windows,
        objective=_objective(usual),
        beside={"agreement": _like(week), "usual": usual, "alpha": alpha},
    )


def _sources(kept: Slots) -> list[int | None]:
    return [None, *np.unique(kept.rows[:, 1]).tolist()]


def _windows(kept: Slots, now: int, source: int | None) -> Callable[[int], Counted]:
    """Return what counts the pairs of a source, or of all, as independent ones."""
    rows = kept.rows if source is None else kept.rows[kept.rows[:, 1] == source]
    series = Series(at=rows[:, 0], valid=rows[:, 2], bad=rows[:, 3], slot_seconds=SLOT_SECONDS)
    return lambda seconds: _effective(series.over(now, seconds), kept)


def _objective(usual: Measured) -> float | None:
    if isinstance(usual, Undefined):
        return None
    return min(max(usual.value - TOLERATED, 0.01), 0.99)


def _usual(kept: Slots, now: int) -> Measured:
    older = kept.rows[kept.rows[:, 0] < now - WEEK]
    valid, bad = (int(n) for n in older[:, 2:].sum(axis=0))
    if valid < LEAST_PAIRS:
        return Undefined(reason=f"only {valid} of at least {LEAST_PAIRS} pairs before this week")
    return _like(_effective(Counted(valid=valid, bad=bad), kept))


def _like(counted: Counted) -> Measured:
    unlike = bad_share(counted)
    if isinstance(unlike, Undefined):
        return unlike
    return Estimate(value=1 - unlike.value, low=1 - unlike.high, high=1 - unlike.low, n=unlike.n)


def _alpha(asked: Asked) -> Measured:
    stored = latest_assessment(asked.session, asked.project_id)
    if stored is None:
        return Undefined(reason="nothing was assessed yet")
    said = json.loads(stored.document)["alpha"]
    if said["value"] is None:
        return Undefined(reason=said["reason"])
    return Estimate(value=said["value"], low=said["low"], high=said["high"], n=said["n"])


def _effective(counted: Counted, kept: Slots) -> Counted:
    """Return as many independent pairs as these are worth."""
    deff = float(kept.facts["deff"])
    return Counted(valid=round(counted.valid / deff), bad=round(counted.bad / deff))


INDICATOR = Indicator(measure="M10", read=read)
