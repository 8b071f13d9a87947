"""Errs in ways that skill does not explain: part of the answers look replaced, flipped or random.

Whoever flips a share of his answers errs on clear items too, and confuses what nobody confuses. The
share is estimated beside the labeler's own skill, so that a weak honest labeler has none.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.answer_table import answer_table
from labeltrust.inference.combination import combined
from labeltrust.inference.population_null import fit_null
from labeltrust.inference.skill import Rates, replaced, skill_spread
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
MIN_ITEMS = 20
HOW = ("flipped", "random")
HABITS = 20
"""Degrees of freedom of honest rates: habits of some lie further out than a normal's would."""
_Z95 = 1.959963984540054


def read(evidence: Evidence) -> Readings:
    """Estimate the share of flipped, and of random answers; the worse one speaks."""
    rows = evidence.crowd.rows
    if rows.n_classes < 2:  # noqa: PLR2004 - an error takes two classes
        return silent(rows.n_labelers, "only one class was given")
    if not evidence.peers_prove:
        return silent(rows.n_labelers, NO_HONEST_MAJORITY)
    table = answer_table(evidence.crowd)
    spread = skill_spread(table, evidence.reference)
    found = [replaced(table, by, spread) for by in _replacements(rows.n_classes)]
    n = np.rint(table.n.sum(axis=(1, 2, 3))).astype(np.int64)
    enough = n >= MIN_ITEMS
    p_value, gap = _p_values(found, evidence, enough)
    worse = p_value.argmin(axis=0)
    rate, error = (np.choose(worse, [getattr(x, k) for x in found]) for k in ("rate", "error"))
    effects = Effects(value=rate, low=rate - _Z95 * error, high=rate + _Z95 * error, n=n)
    nothing = np.full(n.size, np.nan)
    least = nothing if gap else combined(p_value, np.ones(len(HOW)))
    said = Said(p_value=least, log_e=nothing, gap=gap)
    detail = tuple(_detail(HOW[k], share) for k, share in zip(worse, rate, strict=True))
    return readings(effects, said, detail, enough=enough, needs=f"{MIN_ITEMS} labels with peers")


def _replacements(n_classes: int) -> tuple[Float, Float]:
    wrong = (1 - np.eye(n_classes)) / (n_classes - 1)
    return wrong, np.full((n_classes, n_classes), 1 / n_classes)


def _p_values(found: list[Rates], evidence: Evidence, enough: np.ndarray) -> tuple[Float, str]:
    """Return the p-values of either kind, (2, n_labelers), and why there are none, if so."""
    out, gap = np.ones((len(found), enough.size)), ""
    for k, rates in enumerate(found):
        rate, error = (np.where(enough, x, np.nan) for x in (rates.rate, rates.error))
        null = fit_null(rate, error, evidence.reference)
        if isinstance(null, Undefined):
            gap = null.reason
        else:
            out[k] = np.nan_to_num(replace(null, tail=HABITS).p_values(rate, error), nan=1.0)
    return out, gap


def _detail(how: str, share: float) -> Mapping[str, object]:
    return {"looks": how, "share": round(float(share), 3)}


SIGNAL = Signal(
    title="part of the answers look flipped or random",
    levels=LEVELS,
    min_judgments=MIN_ITEMS,
    read=read,
    unit="share of answers replaced, beyond what the labeler's skill explains",
    weight=8.0,
)
