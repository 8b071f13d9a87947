"""Misses gold items: accuracy on gold below the floor, valid at any time one looks.

The floor is the project's. Without one it is a third of the way from chance to what the typical
labeler reaches, so that hard gold does not accuse everybody; each class has a floor of its own,
half of what the typical labeler reaches there: who is right on 95 % of a skewed set can still miss
every fraud. Labels with parts are right from a similarity of 0.5 on, and chance gets none right.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.e_values import p_of_log_e
from labeltrust.inference.restarts import restarted_binomial
from labeltrust.metrics.gold_accuracy import wilson
from labeltrust.signals._base import (
    FROM_THE_START,
    Bool,
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

LEVELS = frozenset({"nominal", "ordinal", "set", "spans", "boxes", "text"})
MIN_GOLD = 5
BLOCK = 4
"""Gold answers between two conceivable onsets: gold is scarce, so the steps are short."""
_ENOUGH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gold:
    """Answers on gold by labeler and time, one an item; arrays have shape (k,)."""

    row: Int
    labeler: Int
    right: Float
    true: Int


def read(evidence: Evidence) -> Readings:
    """Test each labeler's accuracy on gold against the floor, over all classes and in each.

    The e-value is the mean of an overall one (half the weight) and one a class.
    """
    n_labelers = evidence.judgments.n_labelers
    if evidence.judgments.level not in LEVELS:
        return silent(n_labelers, "gold accuracy counts equal labels; these are numbers")
    gold = _gold(evidence.crowd)
    if not gold.row.size:
        return silent(n_labelers, "no gold items")
    floors = _floors(gold, evidence)
    log_e, onset = _tested(gold, floors, n_labelers)
    n = np.bincount(gold.labeler, minlength=n_labelers)
    share = wilson(np.bincount(gold.labeler, gold.right, n_labelers), n, "no gold items")
    floor = float(floors[-1])
    effects = Effects(
        value=floor - share.value, low=floor - share.high, high=floor - share.low, n=n
    )
    said = Said(p_value=p_of_log_e(log_e), log_e=log_e, onset_row=onset, earliest_row=onset)
    detail = _details(gold, floors, n_labelers)
    return readings(effects, said, detail, enough=n >= MIN_GOLD, needs=f"{MIN_GOLD} gold answers")


def _gold(crowd: FittedCrowd) -> _Gold:
    true = crowd.rows.gold[crowd.rows.item[crowd.order]]
    row, true = crowd.order[true >= 0], true[true >= 0]
    right = (crowd.rows.label[row] == true).astype(np.float64)
    return _Gold(row=row, labeler=crowd.rows.labeler[row], right=right, true=true)


def _floors(gold: _Gold, evidence: Evidence) -> Float:
    """Return the floor of each class, NaN where it has no gold, and of all: (n_classes + 1,)."""
    n_classes, asked = evidence.crowd.rows.n_classes, evidence.floors
    everything = np.ones(gold.row.size, dtype=np.bool_)
    by_class = np.array([_typical(gold, gold.true == t, evidence) for t in range(n_classes)]) / 2
    if asked.class_accuracy is not None:
        by_class = np.where(np.isfinite(by_class), asked.class_accuracy, np.nan)
    by_parts = evidence.judgments.likeness is not None  # chance hits no box and writes no text
    chance = 0.0 if by_parts else 1 / max(n_classes, 2)
    overall = chance + max(_typical(gold, everything, evidence) - chance, 0.0) / 3
    if asked.gold_accuracy is not None:
        overall = asked.gold_accuracy
    floors: Float = np.clip(np.append(by_class, overall), 0.02, 0.98)
    return floors


def _typical(gold: _Gold, rows: Bool, evidence: Evidence) -> float:
    """Return the median accuracy of reference labelers on some gold rows, NaN without any.

    Where nobody has `_ENOUGH` of them, the rows are pooled.
    """
    rows = rows & evidence.reference[gold.labeler]
    n = np.bincount(gold.labeler[rows], minlength=evidence.reference.size)
    right = np.bincount(gold.labeler[rows], gold.right[rows], evidence.reference.size)
    if not n.any():
        return float("nan")
    busy = n >= _ENOUGH
    return float(np.median(right[busy] / n[busy]) if busy.any() else right.sum() / n.sum())


def _tested(gold: _Gold, floors: Float, n_labelers: int) -> tuple[Float, Int]:
    """Return the log e-value and the onset row of each labeler."""
    everything = np.arange(gold.row.size)
    log_e, start = _played(gold, everything, float(floors[-1]), n_labelers)
    onset = np.where(start < 0, FROM_THE_START, gold.row[start])
    seen = np.flatnonzero(np.isfinite(floors[:-1]))
    logs = [np.log(0.5) + log_e]
    for true in seen:
        rows = np.flatnonzero(gold.true == true)
        in_class, _ = _played(gold, rows, float(floors[true]), n_labelers)
        logs.append(np.log(0.5 / seen.size) + in_class)
    return logsumexp(np.array(logs), axis=0), onset


def _played(gold: _Gold, rows: Int, floor: float, n_labelers: int) -> tuple[Float, Int]:
    return restarted_binomial(
        gold.labeler[rows], gold.right[rows], floor, n_labelers=n_labelers, block=BLOCK
    )


def _details(gold: _Gold, floors: Float, n_labelers: int) -> tuple[Mapping[str, object], ...]:
    n_classes = floors.size - 1
    cell = gold.labeler * n_classes + gold.true
    n = np.bincount(cell, minlength=n_labelers * n_classes).reshape(-1, n_classes)
    right = np.bincount(cell, gold.right, n_labelers * n_classes).reshape(-1, n_classes)
    return tuple(
        {
            "right": int(r.sum()),
            "gold": int(k.sum()),
            "floor": round(float(floors[-1]), 4),
            "by_class": {t: [int(r[t]), int(k[t])] for t in range(n_classes) if k[t]},
        }
        for r, k in zip(right, n, strict=True)
    )


SIGNAL = Signal(
    title="misses gold items",
    levels=LEVELS,
    min_judgments=MIN_GOLD,
    read=read,
    unit="share of gold answers below the floor",
    rests_on="gold",
    needs=frozenset({"gold"}),
)
