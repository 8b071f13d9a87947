"""Agrees less with the others than another labeler of the same items would.

The effect and its p-value compare within the item and need only a similarity, so they read every
level; the e-value asks how likely his labels are if he errs no more than honest labelers do, and
is left out for labels with parts, which have no classes to err between.
"""

import numpy as np
from scipy.special import logit

from labeltrust.counts.exchange import Exchange
from labeltrust.domain.estimates import Undefined
from labeltrust.inference.families import SHIFT_PRIOR, SHIFTS, shift_family
from labeltrust.inference.honest_range import fit_test
from labeltrust.inference.population_null import fit_null
from labeltrust.inference.sequential_test import SequentialTest, all_rows
from labeltrust.signals._base import Effects, Evidence, Float, Readings, Said, Signal, readings

LEVELS = frozenset({"nominal", "ordinal", "interval", "ratio", "set", "spans", "boxes", "text"})
MIN_ITEMS = 10
BLOCK = 16
MATTERS = 0.7
"""Least shift of the log odds of an error that matters: twice the odds of the typical labeler."""
_Z95 = 1.959963984540054
_DRAFT = SequentialTest(
    family=shift_family, relevant=all_rows, block_size=BLOCK, honest=SHIFTS * 0, bad=SHIFTS * 0
)


def read(evidence: Evidence) -> Readings:
    """Compare each labeler's agreement with that of another labeler of the same items."""
    counts = evidence.exchange
    enough = counts.informative >= MIN_ITEMS
    items = np.maximum(counts.informative, 1)
    effect, error = -counts.score / items, np.sqrt(np.maximum(counts.variance, 0.0)) / items
    effects = Effects(
        value=effect,
        low=effect - _Z95 * error,
        high=effect + _Z95 * error,
        n=counts.informative,
    )
    detail = tuple(
        {"items": int(n), "contested": int(k)}
        for n, k in zip(counts.items, counts.informative, strict=True)
    )
    said = _said(evidence, *(np.where(enough, x, np.nan) for x in _odds_lost(counts)))
    return readings(effects, said, detail, enough=enough, needs=f"{MIN_ITEMS} contested items")


def _odds_lost(counts: Exchange) -> tuple[Float, Float]:
    """Return the log odds of agreement lost, with standard errors, each (n_labelers,).

    On the log odds scale honest labelers spread alike whether items are easy or hard; half an item
    more on either side keeps it finite (Haldane 1956).
    """
    n = counts.items + 1.0
    expected = (counts.expected + 0.5) / n
    observed = (np.clip(counts.expected + counts.score, 0.0, counts.items) + 0.5) / n
    error = np.sqrt(np.maximum(counts.variance, 0.0)) / (n * expected * (1 - expected))
    return logit(expected) - logit(observed), error


def _said(evidence: Evidence, effect: Float, error: Float) -> Said:
    null = fit_null(effect, error, evidence.reference)
    nothing = np.full(effect.size, np.nan)
    if isinstance(null, Undefined):
        return Said(p_value=nothing, log_e=nothing, gap=null.reason)
    p_value = null.p_values(effect, error)
    if evidence.judgments.likeness is not None:
        # Alike or unlike is measured against all labels of the item, later ones too: no martingale.
        return Said(p_value=p_value, log_e=nothing)
    crowd = evidence.crowd
    fitted = fit_test(_DRAFT, crowd, SHIFT_PRIOR, bad_from=MATTERS, min_rows=MIN_ITEMS)
    known = not isinstance(fitted, Undefined) and fitted.population.trusted
    if isinstance(fitted, Undefined) or not (known and evidence.peers_prove):
        return Said(p_value=p_value, log_e=nothing)
    found = fitted.found
    return Said(
        p_value=p_value,
        log_e=found.log_e,
        onset_row=found.onset_row,
        earliest_row=found.earliest_row,
        tests=(fitted.test,),
    )


SIGNAL = Signal(
    title="agrees less than others of the same items",
    levels=LEVELS,
    min_judgments=MIN_ITEMS,
    read=read,
    unit="agreement lost, on items where labelers differ",
)
