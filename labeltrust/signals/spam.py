"""Answers without looking: always the same label, or labels that do not depend on the item.

Two tests, half the looks each. `blind`: which share of the answers follows the labeler's own
habit rather than the item, against the honest population. `lean`: one label is given so often,
where the others of the same items vary, that its odds are more than ten times theirs; this one
needs no population, so it finds constant answerers in a crowd that is full of them. Beside them
stand how much the labels depend on what the others see (Raykar and Yu's spammer score), and whether
they do at all.
"""

from collections.abc import Mapping

import numpy as np

from labeltrust.domain.estimates import Measured, Undefined
from labeltrust.inference.contrasts import located
from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import summed
from labeltrust.inference.e_values import p_of_log_e
from labeltrust.inference.families import (
    BLIND,
    BLIND_PRIOR,
    LEANS,
    blind_family,
    favourites,
    lean_family,
)
from labeltrust.inference.honest_range import FittedTest, fit_test, likeliest
from labeltrust.inference.population_null import fit_null
from labeltrust.inference.sequential_test import SequentialTest, all_rows
from labeltrust.metrics.spammer_score import dependence, spammer_score
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
)

LEVELS = frozenset({"nominal", "ordinal", "interval", "ratio"})
MIN_JUDGMENTS = 10
BLOCK = 16
MATTERS = 0.5
"""Least share of blind answers, above the typical labeler's, that matters."""
_HALF = float(np.log(0.5))
_BLIND = SequentialTest(
    family=blind_family,
    relevant=all_rows,
    block_size=BLOCK,
    honest=BLIND * 0,
    bad=BLIND * 0,
    log_weight=_HALF,
)


def read(evidence: Evidence) -> Readings:
    """Ask of each labeler how many answers follow habit rather than the item."""
    crowd = evidence.crowd
    lean = _lean(crowd)
    blind = fit_test(_BLIND, crowd, BLIND_PRIOR, bad_from=MATTERS, min_rows=MIN_JUDGMENTS)
    blocks = _BLIND.blocks(crowd) if isinstance(blind, Undefined) else blind.blocks
    share, low, high = likeliest(blocks.totals, BLIND)
    effects = Effects(value=share, low=low, high=high, n=crowd.rows.activity)
    population = blind if evidence.peers_prove else Undefined(reason=NO_HONEST_MAJORITY)
    said = _said(evidence, population, lean)
    return readings(
        effects,
        said,
        _details(crowd),
        enough=crowd.rows.activity >= MIN_JUDGMENTS,
        needs=f"{MIN_JUDGMENTS} labels",
    )


def _lean(crowd: FittedCrowd) -> SequentialTest:
    """The null is the first odds ratio, the most that is honest; the alternatives are the rest.

    Only the labeler's most frequent label is tested, so it carries the weight of one label in C.
    """
    honest = np.eye(LEANS.size)[0]
    bad = np.where(honest > 0, 0.0, 1 / (LEANS.size - 1))
    weight = _HALF - float(np.log(crowd.rows.n_classes))
    return SequentialTest(
        family=lean_family,
        relevant=_compared,
        block_size=BLOCK,
        honest=honest,
        bad=bad,
        log_weight=weight,
    )


def _compared(crowd: FittedCrowd) -> Int:
    rows: Int = crowd.order[crowd.others[crowd.order].sum(axis=1) > 0]
    return rows


def _said(evidence: Evidence, blind: FittedTest | Undefined, lean: SequentialTest) -> Said:
    """Mean of the two e-values; without a population that is known to be honest, one counts 1."""
    led = lean.play(evidence.crowd).log_e
    if isinstance(blind, Undefined) or not blind.population.trusted:
        alone = np.logaddexp(led + lean.log_weight, _HALF)
        return Said(p_value=p_of_log_e(alone), log_e=alone, tests=(lean,))
    found = blind.found
    one_look = p_of_log_e(led + lean.log_weight)  # the weight charges for both tests
    p_value = np.fmin(np.minimum(2 * _beyond_habit(evidence, blind), 1.0), one_look)
    return Said(
        p_value=p_value,
        log_e=np.logaddexp(led + lean.log_weight, found.log_e + _HALF),
        onset_row=found.onset_row,
        earliest_row=found.earliest_row,
        tests=(blind.test, lean),
    )


def _beyond_habit(evidence: Evidence, blind: FittedTest) -> Float:
    """Return p-values of the share of blind answers against those of honest labelers."""
    share, error = located(blind.blocks.totals, BLIND)
    known = evidence.crowd.rows.activity >= MIN_JUDGMENTS
    share = np.where(known, share, np.nan)
    null = fit_null(share, error, evidence.reference)
    if isinstance(null, Undefined):
        return np.full(share.size, np.nan)
    return null.p_values(share, error)


def _by_class(crowd: FittedCrowd, seen: Float) -> Float:
    """Sum labels by labeler, class as seen by peers, and label: (n_labelers, C, C)."""
    rows = crowd.rows
    cell, size = rows.labeler * rows.n_classes + rows.label, rows.n_labelers * rows.n_classes
    compared = crowd.others.sum(axis=1) > 0
    tables = [
        summed(cell, column * compared, size).reshape(rows.n_labelers, rows.n_classes)
        for column in seen.T
    ]
    return np.array(tables).transpose(1, 0, 2)


def _details(crowd: FittedCrowd) -> tuple[Mapping[str, object], ...]:
    rows, most = crowd.rows, favourites(crowd.rows)
    hit = rows.label == most[rows.labeler]
    own = np.bincount(rows.labeler, hit, rows.n_labelers)
    compared = crowd.others.sum(axis=1)
    same = crowd.others[np.arange(rows.n), most[rows.labeler]]
    others = np.bincount(
        rows.labeler, np.where(compared > 0, same / np.maximum(compared, 1), 0.0), rows.n_labelers
    )
    n, k = rows.activity, np.bincount(rows.labeler, compared > 0, rows.n_labelers)
    score = spammer_score(_by_class(crowd, crowd.belief))
    plurality = np.eye(rows.n_classes)[crowd.others.argmax(axis=1)]
    _, p_value = dependence(_by_class(crowd, plurality))
    return tuple(
        {
            "label": int(most[a]),
            "share": round(float(own[a] / max(n[a], 1)), 4),
            "share_of_others": round(float(others[a] / max(k[a], 1)), 4),
            **_scored(score[a]),
            **({} if np.isnan(p_value[a]) else {"independence_p": float(f"{p_value[a]:.3g}")}),
        }
        for a in range(rows.n_labelers)
    )


def _scored(score: Measured) -> Mapping[str, object]:
    if isinstance(score, Undefined):
        return {}
    ends = [round(x, 4) for x in (score.value, score.low, score.high)]
    return {"spammer_score": ends, "spammer_score_n": score.n}


SIGNAL = Signal(
    title="answers without looking at the item",
    levels=LEVELS,
    min_judgments=MIN_JUDGMENTS,
    read=read,
    unit="share of answers that follow habit instead of the item",
)
