"""M1: whether the mix of labels left that of the same weekdays in the four weeks before."""

from collections.abc import Callable

import numpy as np

from labeltrust.domain.estimates import Undefined
from labeltrust.domain.measures import MEASURES, WEEK
from labeltrust.metrics.seasonal_shift import LabelSlots, SeasonalShift, seasonal_shift
from labeltrust.policy.burn import Counted
from labeltrust.services._slots import LABELS
from labeltrust.services.slis._base import Asked, Found, Indicator
from labeltrust.store.assessments import latest_assessment
from labeltrust.store.project_slots import Slots, kept_slots

BASELINE = 4 * WEEK
LEAST_BEFORE = 200
"""A baseline of fewer labels is none."""


def read(asked: Asked) -> Found:
    """Return the shift of the project and of each source, whose baseline is its own past.

    A window's bad labels are those beyond what noise explains, so that small windows, and scales
    of many classes, do not burn by themselves.
    """
    kept = kept_slots(asked.session, asked.project_id, LABELS)
    if kept is None:
        assessed = latest_assessment(asked.session, asked.project_id) is not None
        reason = "the scale has no classes" if assessed else "nothing was assessed yet"
        return Found(reason=reason)
    now = asked.now_seconds
    slots = _columns(kept)
    before = (slots.at < now - WEEK) & (slots.at >= now - WEEK - BASELINE)
    n_before = int(slots.n[before].sum())
    if n_before < LEAST_BEFORE:
        reason = f"only {n_before} of at least {LEAST_BEFORE} labels in the four weeks before"
        return Found(reason=reason)
    sources: list[int | None] = [None, *np.unique(slots.source).tolist()]
    week = _shift(slots, None, now, MEASURES["M1"].span_seconds)
    few = week.n < MEASURES["M1"].least_n
    why = Undefined(reason=f"only {week.n} of at least {MEASURES['M1'].least_n} labels this week")
    return Found(
        windows={one: _windows(slots, one, now) for one in sources},
        value=why if few else week.size,
    )


def _columns(kept: Slots) -> LabelSlots:
    return LabelSlots(
        at=kept.rows[:, 0],
        source=kept.rows[:, 1],
        label=kept.rows[:, 2],
        n=kept.rows[:, 3],
        n_classes=len(kept.facts["classes"]),
        deff=float(kept.facts["deff"]),
    )


def _windows(slots: LabelSlots, source: int | None, now: int) -> Callable[[int], Counted]:
    def counted(seconds: int) -> Counted:
        # Nothing has a baseline that long: a month's budget is asked of the days that have one.
        found = _shift(slots, source, now, min(seconds, WEEK))
        return Counted(valid=found.n, bad=found.sure)

    return counted


def _shift(slots: LabelSlots, source: int | None, now: int, seconds: int) -> SeasonalShift:
    mine = slots.at >= 0 if source is None else slots.source == source
    window = mine & (slots.at > now - seconds)
    before = mine & (slots.at < now - WEEK) & (slots.at >= now - WEEK - BASELINE)
    return seasonal_shift(slots.by_weekday(window), slots.by_weekday(before), slots.deff)


INDICATOR = Indicator(measure="M1", read=read)
