"""Calls one class another: says x where the others say t, more often than honest labelers do.

Every ordered pair of classes is tested against its own honest population, and a labeler is charged
for all the looks: his p-value is the smallest times the number of pairs (Bonferroni), his e-value
the mean over the pairs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import logsumexp

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.binomial_tail import binomial_tail
from labeltrust.inference.blocks import summed_blocks
from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import summed
from labeltrust.inference.e_process import OnsetEvidence
from labeltrust.inference.families import SHIFT_PRIOR, SHIFTS, flip_chance, flip_family
from labeltrust.inference.honest_range import fit_test
from labeltrust.inference.sequential_test import SequentialTest
from labeltrust.metrics.gold_accuracy import wilson
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
_LIKELY = 0.5
_ENOUGH = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """One ordered pair of classes, tested; arrays have shape (n_labelers,).

    Attributes:
        true: The class the others see.
        said: The class given instead.
        hits: Times the labeler said so, on items likely of class `true`.
        n: Those items.
        expected: What the typical honest labeler would have said of them.
        p_value: Tail of the honest population.
        found: The e-process.
        test: The test behind it.
    """

    true: int
    said: int
    hits: Float
    n: Float
    expected: Float
    p_value: Float
    found: OnsetEvidence
    test: SequentialTest


def read(evidence: Evidence) -> Readings:
    """Test every ordered pair of classes; the worst one speaks for the labeler."""
    crowd = evidence.crowd
    n_classes, n_labelers = crowd.rows.n_classes, crowd.rows.n_labelers
    drafts = [(t, x) for t in range(n_classes) for x in range(n_classes) if t != x]
    tested = (_pair(crowd, t, x) for t, x in drafts if evidence.peers_prove)
    pairs = [pair for pair in tested if pair is not None]
    if not pairs:
        return silent(n_labelers, NO_HONEST_MAJORITY)
    p_values = np.array([pair.p_value for pair in pairs])
    worst = p_values.argmin(axis=0)
    said = _said(pairs, len(drafts))
    effects, n = _effects(pairs, worst), np.max([pair.n for pair in pairs], axis=0)
    detail = tuple(_detail(pairs[k], a) for a, k in enumerate(worst))
    needs = f"{MIN_ITEMS} items of one class"
    return readings(effects, said, detail, enough=n >= MIN_ITEMS, needs=needs)


def _pair(crowd: FittedCrowd, true: int, said: int) -> _Pair | None:
    draft = SequentialTest(
        family=partial(flip_family, true=true, said=said),
        relevant=partial(_relevant, true=true),
        block_size=BLOCK,
        honest=SHIFTS * 0,
        bad=SHIFTS * 0,
    )
    fitted = fit_test(draft, crowd, SHIFT_PRIOR, bad_from=MATTERS, min_rows=_ENOUGH)
    if isinstance(fitted, Undefined) or not fitted.population.trusted:
        return None
    hits, n, chance = _counts(crowd, true, said)
    typical = int(np.abs(fitted.population.grid - fitted.population.mean).argmin())
    return _Pair(
        true=true,
        said=said,
        hits=hits,
        n=n,
        expected=n * chance[:, typical],
        p_value=binomial_tail(hits, n, chance, fitted.population.honest),
        found=fitted.found,
        test=fitted.test,
    )


def _relevant(crowd: FittedCrowd, true: int) -> Int:
    rows: Int = crowd.order[crowd.belief[crowd.order, true] > _POSSIBLE]
    return rows


def _counts(crowd: FittedCrowd, true: int, said: int) -> tuple[Float, Float, Float]:
    """Return hits, opportunities and mean chance by shift, on items likely of class `true`."""
    rows = crowd.rows
    order = crowd.order[crowd.belief[crowd.order, true] > _LIKELY]
    n = np.bincount(rows.labeler[order], minlength=rows.n_labelers).astype(np.float64)
    hit = (rows.label[order] == said).astype(np.float64)
    hits = summed(rows.labeler[order], hit, rows.n_labelers)
    chance = np.zeros((rows.n_labelers, SHIFTS.size))
    sums, first = summed_blocks(rows.labeler, order, max(rows.n, 1), flip_chance(crowd, true, said))
    chance[rows.labeler[first]] = sums
    return hits, n, chance / np.maximum(n, 1)[:, None]


def _said(pairs: list[_Pair], n_looks: int) -> Said:
    p_value = np.minimum(np.min([pair.p_value for pair in pairs], axis=0) * n_looks, 1.0)
    log_e = np.array([pair.found.log_e for pair in pairs])
    best = log_e.argmax(axis=0)
    return Said(
        p_value=p_value,
        log_e=logsumexp(log_e, axis=0) - np.log(n_looks),
        onset_row=_at(best, [pair.found.onset_row for pair in pairs]),
        earliest_row=_at(best, [pair.found.earliest_row for pair in pairs]),
        tests=tuple(_weighted(pair.test, n_looks) for pair in pairs),
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


def _effects(pairs: list[_Pair], worst: Int) -> Effects:
    """Return the share of items flipped beyond what is expected of a typical labeler."""
    hits, n, expected = (
        np.array([getattr(pair, name) for pair in pairs])[worst, np.arange(worst.size)]
        for name in ("hits", "n", "expected")
    )
    share = wilson(hits, n, "no items of the class")
    usual = expected / np.maximum(n, 1)
    return Effects(
        value=share.value - usual,
        low=share.low - usual,
        high=share.high - usual,
        n=n.astype(np.int64),
    )


def _detail(pair: _Pair, labeler: int) -> Mapping[str, object]:
    return {
        "true": pair.true,
        "said": pair.said,
        "times": int(pair.hits[labeler]),
        "of": int(pair.n[labeler]),
        "expected": round(float(pair.expected[labeler]), 1),
    }


SIGNAL = Signal(
    title="calls one class another",
    levels=LEVELS,
    min_judgments=MIN_ITEMS,
    read=read,
    unit="share of items of one class called another, beyond the typical labeler",
)
