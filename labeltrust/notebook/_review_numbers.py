"""What the labels of one window say of themselves, and how it stands to a target."""

from typing import Any

import numpy as np

from labeltrust.counts import Judgments, agreement, block, coincidences, label_mix
from labeltrust.counts._base import STRUCTURED
from labeltrust.domain.estimates import Measured, Undefined
from labeltrust.metrics.agreement import percent_agreement
from labeltrust.metrics.gold_accuracy import NO_GOLD_ITEMS, wilson
from labeltrust.metrics.krippendorff_alpha import krippendorff_alpha
from labeltrust.metrics.label_windows import Window, label_shift_of_project
from labeltrust.store.judgments import LoadedJudgments

_PARTS = "labels have parts: there are no classes to count"
TARGETS = {
    "M1": ("label stability", "label mix moves by less than 2 points", 0.02),
    "M2": ("feature drift", "mix of the feature moves by less than 10 points", 0.1),
    "M3": ("accuracy lost by the newest model", "less than 1 point", 0.01),
    "M4": ("anomalous input", "less than 0.1 % of a week's events", 0.001),
    "M5": ("provenance complete", "all labels", 1.0),
    "M6": ("labelers with trigger hits", "none", 0.0),
    "M7": ("items regressed by the newest model", "none", 0.0),
    "M8": ("ingestion errors", "few", 0.0),
    "M9": ("the two newest models differ", "less than 0.5 % of items", 0.005),
    "M10": ("labelers agree", "more than 0.8 of pairs", 0.8),
}
UNKNOWN = Undefined(reason="")
NOT_ASSESSED = Undefined(reason="nothing was assessed yet")
REFUSED = Undefined(
    reason="refused and timed out calls are counted at /metrics, not on record; what came and "
    "could not be read is M4"
)
_NO_BUDGET = frozenset({"M5", "M6", "M7"})
"""One occurrence misses the target, however few were looked at."""


def window_block(loaded: LoadedJudgments, kept: np.ndarray) -> Judgments:
    """Return some rows as a block."""
    return block(
        loaded.item[kept],
        loaded.labeler[kept],
        loaded.label[kept],
        n_labelers=len(loaded.labelers),
        values=loaded.values,
        level=loaded.level,
        occurred_us=loaded.occurred_us[kept],
        gold=(loaded.gold_item, loaded.gold_label),
    )


def agreed(judgments: Judgments) -> Measured:
    """Return the share of pairs of labelers who agree."""
    if judgments.level in STRUCTURED:
        return Undefined(reason=_PARTS)
    return percent_agreement(agreement.count(judgments))


def alpha(judgments: Judgments) -> Measured:
    """Return Krippendorff's alpha."""
    if judgments.level in STRUCTURED:
        return Undefined(reason=_PARTS)
    return krippendorff_alpha(coincidences.count(judgments)).project


def right_on_gold(judgments: Judgments) -> Measured:
    """Return the share of labels on gold items that are as the gold label says."""
    gold = judgments.gold[judgments.item]
    hits = np.array([((gold == judgments.label) & (gold >= 0)).sum()])
    return wilson(hits, np.array([(gold >= 0).sum()]), NO_GOLD_ITEMS)[0]


def moved(judgments: Judgments, before: Window, after: Window) -> Measured:
    """Return how far the label mix moved between two windows of days, total variation."""
    if judgments.level in STRUCTURED:
        return Undefined(reason=_PARTS)
    return label_shift_of_project(label_mix.count(judgments), before, after).size[0]


def spread(name: str, found: Measured) -> dict[str, Any]:
    """Return a number as columns of a frame, missing with its reason where undefined.

    >>> spread("x", Undefined(reason="no labels"))["x_reason"]
    'no labels'
    """
    if isinstance(found, Undefined):
        missing = dict.fromkeys([name, f"{name}_low", f"{name}_high", f"{name}_n"])
        return {**missing, f"{name}_reason": found.reason}
    return {
        name: found.value,
        f"{name}_low": found.low,
        f"{name}_high": found.high,
        f"{name}_n": found.n,
        f"{name}_reason": None,
    }


def against_target(name: str, found: Measured) -> dict[str, Any]:
    """Return a measure with its target and whether it holds, unknown inside the interval.

    >>> from labeltrust.domain.estimates import Estimate
    >>> seen = Estimate(value=0.7, low=0.6, high=0.75, n=90)
    >>> against_target("M10", seen)["holds"]
    'no'
    """
    title, words, target = TARGETS[name]
    row = {"id": name, "measure": title, "target": words, **spread("value", found)}
    return {**row, "holds": _holds(name, found, target)}


def _holds(name: str, found: Measured, target: float) -> str:
    if isinstance(found, Undefined):
        return "unknown"
    if name in _NO_BUDGET:
        return "yes" if found.value == target else "no"
    above, below = found.low > target, found.high < target
    if not (above or below):
        return "not sure"
    return "yes" if above == (name == "M10") else "no"
