"""Gives the label that stood on the item just before, more often than chance has it.

Whoever copies correct-looking labels agrees with everybody and adds nothing; copied errors look
like a second witness. Only items whose other labels disagree can tell.
"""

from collections.abc import Mapping

import numpy as np

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.answered_before import AnsweredBefore, answered_before
from labeltrust.inference.periods import clock_of, times
from labeltrust.inference.population_null import fit_null
from labeltrust.signals._base import (
    NO_HONEST_MAJORITY,
    Effects,
    Evidence,
    Readings,
    Said,
    Signal,
    readings,
    silent,
)

LEVELS = frozenset({"nominal", "ordinal", "interval", "ratio"})
MIN_ITEMS = 20
_Z95 = 1.959963984540054


def read(evidence: Evidence) -> Readings:
    """Compare each labeler's likeness to whoever answered before him with that of the crowd."""
    rows = evidence.crowd.rows
    if not rows.n or np.ptp(times(rows, clock_of(rows))) == 0:
        return silent(rows.n_labelers, "no times: nobody knows which label came first")
    if not evidence.peers_prove:
        return silent(rows.n_labelers, NO_HONEST_MAJORITY)
    found = answered_before(evidence.crowd, evidence.reference)
    enough = found.n >= MIN_ITEMS
    size, error = np.where(enough, found.size, np.nan), np.where(enough, found.error, np.nan)
    null = fit_null(size, error, evidence.reference)
    nothing = np.full(enough.size, np.nan)
    if isinstance(null, Undefined):
        said = Said(p_value=nothing, log_e=nothing, gap=null.reason)
    else:
        said = Said(p_value=null.p_values(size, error), log_e=nothing)
    detail = tuple(_detail(found, a) for a in range(enough.size))
    needs = f"{MIN_ITEMS} labels after another on items whose others disagree"
    return readings(_effects(found), said, detail, enough=enough, needs=needs)


def _effects(found: AnsweredBefore) -> Effects:
    n = np.maximum(found.n, 1)
    value, margin = (found.same - found.expected) / n, _Z95 * np.sqrt(found.information) / n
    return Effects(
        value=value,
        low=np.maximum(value - margin, -1.0),
        high=np.minimum(value + margin, 1.0),
        n=found.n,
    )


def _detail(found: AnsweredBefore, labeler: int) -> Mapping[str, object]:
    return {
        "same": int(found.same[labeler]),
        "of": int(found.n[labeler]),
        "expected": round(float(found.expected[labeler]), 1),
    }


SIGNAL = Signal(
    title="gives the label that stood there just before",
    levels=LEVELS,
    min_judgments=MIN_ITEMS,
    read=read,
    unit="share of labels equal to the one just before, beyond chance, where the others disagree",
    needs=frozenset({"times"}),
    weight=0.5,
    whole_from=200,
)
