"""Calls one class another: says x where the others say t, beyond what his own skill explains.

Every ordered pair of classes is compared with the labeler's own other answers and then with how far
honest labelers differ in that; he is charged for all the looks: his p-value is the smallest times
the number of pairs (Bonferroni), his e-value the mean over the pairs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy.special import logsumexp

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.answer_table import answer_table
from labeltrust.inference.class_flips import ClassFlips, class_flips
from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.e_process import OnsetEvidence
from labeltrust.inference.families import SHIFT_PRIOR, SHIFTS, flip_family
from labeltrust.inference.honest_range import fit_test
from labeltrust.inference.population_null import fit_null
from labeltrust.inference.sequential_test import SequentialTest
from labeltrust.inference.skill import skill_spread
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

LEVELS = frozenset({"nominal", "ordinal", "interval", "ratio"})
MIN_ITEMS = 5
BLOCK = 8
MATTERS = 1.1
"""Least shift of the log odds of the flip that matters: three times the typical labeler's odds."""
_POSSIBLE = 0.05
"""Belief in the class below which an item says nothing of the pair."""
HABITS = 15
"""Degrees of freedom of honest rates: habits of some lie further out than a normal's would."""
_Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """One ordered pair of classes, tested; arrays have shape (n_labelers,).

    Attributes:
        true: The class the others see.
        said: The class given instead.
        p_value: Against the honest population, NaN without enough items of the class.
        fitted: The e-process, where the population is known well enough.
    """

    true: int
    said: int
    p_value: Float
    fitted: tuple[SequentialTest, OnsetEvidence] | None


def read(evidence: Evidence) -> Readings:
    """Test every ordered pair of classes; the worst one speaks for the labeler."""
    crowd = evidence.crowd
    n_classes, n_labelers = crowd.rows.n_classes, crowd.rows.n_labelers
    drafts = [(t, x) for t in range(n_classes) for x in range(n_classes) if t != x]
    if not (drafts and evidence.peers_prove):
        return silent(n_labelers, NO_HONEST_MAJORITY if drafts else "only one class was given")
    table = answer_table(crowd)
    flips = class_flips(table, skill_spread(table, evidence.reference))
    pairs = [_pair(evidence, flips, t, x) for t, x in drafts]
    p_values = np.array([pair.p_value for pair in pairs])
    if np.isnan(p_values).all():
        return silent(n_labelers, "too few labelers share items of one class")
    worst = np.nan_to_num(p_values, nan=2.0).argmin(axis=0)
    n = np.array([flips.of[:, t, x] for t, x in drafts]).max(axis=0)
    detail = tuple(_detail(flips, pairs[k], a) for a, k in enumerate(worst))
    needs = f"{MIN_ITEMS} items of one class"
    effects = _effects(flips, [pairs[k] for k in worst])
    said = _said(pairs, p_values.min(axis=0, where=~np.isnan(p_values), initial=1.0))
    return readings(effects, said, detail, enough=n >= MIN_ITEMS, needs=needs)


def _pair(evidence: Evidence, flips: ClassFlips, true: int, said: int) -> _Pair:
    enough = flips.of[:, true, said] >= MIN_ITEMS
    rate, error = (np.where(enough, x[:, true, said], np.nan) for x in (flips.rate, flips.error))
    null = fit_null(rate, error, evidence.reference)
    p_value = np.full(rate.size, np.nan)
    if not isinstance(null, Undefined):
        p_value = replace(null, tail=HABITS).p_values(rate, error)
    return _Pair(
        true=true,
        said=said,
        p_value=p_value,
        fitted=_sequential(evidence.crowd, true, said),
    )


def _sequential(
    crowd: FittedCrowd, true: int, said: int
) -> tuple[SequentialTest, OnsetEvidence] | None:
    draft = SequentialTest(
        family=partial(flip_family, true=true, said=said),
        relevant=partial(_relevant, true=true),
        block_size=BLOCK,
        honest=SHIFTS * 0,
        bad=SHIFTS * 0,
    )
    fitted = fit_test(draft, crowd, SHIFT_PRIOR, bad_from=MATTERS, min_rows=MIN_ITEMS)
    if isinstance(fitted, Undefined) or not fitted.population.trusted:
        return None
    return fitted.test, fitted.found


def _relevant(crowd: FittedCrowd, true: int) -> Int:
    rows: Int = crowd.order[(crowd.belief[:, true] > _POSSIBLE)[crowd.order]]
    return rows


def _said(pairs: list[_Pair], least: Float) -> Said:
    """Charge for all looks; a pair without an e-process bets nothing: its e-value is 1."""
    p_value = np.minimum(least * len(pairs), 1.0)
    tested = [pair.fitted for pair in pairs if pair.fitted is not None]
    if not tested:
        return Said(p_value=p_value, log_e=np.full(least.size, np.nan))
    log_e = np.array([found.log_e for _, found in tested])
    best = log_e.argmax(axis=0)
    idle = np.log(len(pairs) - len(tested)) if len(tested) < len(pairs) else -np.inf
    return Said(
        p_value=p_value,
        log_e=np.logaddexp(logsumexp(log_e, axis=0), idle) - np.log(len(pairs)),
        onset_row=_at(best, [found.onset_row for _, found in tested]),
        earliest_row=_at(best, [found.earliest_row for _, found in tested]),
        tests=tuple(_weighted(test, len(pairs)) for test, _ in tested),
    )


def _at(which: Int, arrays: list[Int]) -> Int:
    chosen: Int = np.array(arrays)[which, np.arange(which.size)]
    return chosen


def _weighted(test: SequentialTest, n_looks: int) -> SequentialTest:
    return SequentialTest(
        family=test.family,
        relevant=test.relevant,
        block_size=test.block_size,
        honest=test.honest,
        bad=test.bad,
        log_weight=-float(np.log(n_looks)),
    )


def _effects(flips: ClassFlips, worst: list[_Pair]) -> Effects:
    """Return the share of items flipped beyond skill, of the pair that speaks for the labeler."""
    at = (np.arange(len(worst)), [pair.true for pair in worst], [pair.said for pair in worst])
    rate, error = flips.rate[at], flips.error[at]
    return Effects(
        value=rate,
        low=rate - _Z95 * error,
        high=rate + _Z95 * error,
        n=np.rint(flips.of[at]).astype(np.int64),
    )


def _detail(flips: ClassFlips, pair: _Pair, labeler: int) -> Mapping[str, object]:
    at = (labeler, pair.true, pair.said)
    return {
        "true": pair.true,
        "said": pair.said,
        "times": round(float(flips.times[at])),
        "of": round(float(flips.of[at])),
        "expected": round(float(flips.expected[at]), 1),
    }


SIGNAL = Signal(
    title="calls one class another",
    levels=LEVELS,
    min_judgments=MIN_ITEMS,
    read=read,
    unit="share of items of one class called another, beyond what the labeler's skill explains",
    weight=5.0,
    whole_from=200,
)
