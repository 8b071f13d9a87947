"""Errs where others disagree, far more than his errors elsewhere lead one to expect.

Who lies only where a lie can win or will not be seen is right on all clear items, so his share of
errors is that of an honest labeler. Items on which the others agree say how able he is; those on
which they do not say whether he sides with the wrong ones beyond that.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.blocks import blocks_of
from labeltrust.inference.contrasts import Contrast, contrast
from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import Float, Int, summed
from labeltrust.inference.error_curves import (
    GRID,
    ErrorKind,
    all_errors,
    concerned_rows,
    error_family,
    error_share,
)
from labeltrust.inference.periods import fit_periods
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
_OTHERS = 2
"""Others on an item from which on they can disagree."""
_WHOLE = 1 << 40
_Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Rows of one kind with the share of errors on them; arrays have shape (n_labelers,)."""

    rows: Int
    n: Int
    share: Float
    variance: Float


def read(evidence: Evidence) -> Readings:
    """Compare each labeler's errors on disputed items with those on clear ones."""
    crowd = evidence.crowd
    n_labelers, n_classes = crowd.rows.n_labelers, crowd.rows.n_classes
    if n_classes < 2:  # noqa: PLR2004 - an error takes two classes
        return silent(n_labelers, "only one class was given")
    if not evidence.peers_prove:
        return silent(n_labelers, NO_HONEST_MAJORITY)
    kind = all_errors(n_classes)
    clear, disputed = _parts(crowd, kind)
    enough = (clear.n >= MIN_ITEMS) & (disputed.n >= MIN_ITEMS)
    found = _contrast(crowd, kind, clear, disputed)
    size, error = np.where(enough, found.size, np.nan), np.where(enough, found.error, np.nan)
    null = fit_null(size, error, evidence.reference)
    nothing = np.full(n_labelers, np.nan)
    if isinstance(null, Undefined):
        said = Said(p_value=nothing, log_e=nothing, gap=null.reason)
    else:
        said = Said(p_value=null.p_values(size, error), log_e=nothing)
    detail = tuple(_detail(clear, disputed, a) for a in range(n_labelers))
    needs = f"{MIN_ITEMS} labels where the others agree and {MIN_ITEMS} where they do not"
    return readings(_effects(clear, disputed), said, detail, enough=enough, needs=needs)


def _parts(crowd: FittedCrowd, kind: ErrorKind) -> tuple[_Part, _Part]:
    rows = concerned_rows(crowd, kind)
    others = crowd.others[rows]
    n, most = others.sum(axis=1), others.max(axis=1, initial=0.0)
    shared = n >= _OTHERS
    return _part(crowd, kind, rows[shared & (most == n)]), _part(
        crowd, kind, rows[shared & (most < n)]
    )


def _part(crowd: FittedCrowd, kind: ErrorKind, rows: Int) -> _Part:
    wrong, could = error_share(crowd, kind, rows)
    labeler, size = crowd.rows.labeler[rows], crowd.rows.n_labelers
    hits, chances = summed(labeler, wrong, size), summed(labeler, could, size)
    smooth = (hits + 0.5) / (chances + 1)
    return _Part(
        rows=rows,
        n=np.bincount(labeler, minlength=size),
        share=np.clip(hits / np.maximum(chances, 1e-9), 0.0, 1.0),
        variance=smooth * (1 - smooth) / (chances + 1),
    )


def _contrast(crowd: FittedCrowd, kind: ErrorKind, clear: _Part, disputed: _Part) -> Contrast:
    family = error_family(crowd, kind, fit_periods(crowd))
    one, two = (blocks_of(crowd.rows, part.rows, _WHOLE, family) for part in (clear, disputed))
    return contrast(one.totals, two.totals, GRID)


def _effects(clear: _Part, disputed: _Part) -> Effects:
    value = disputed.share - clear.share
    margin = _Z95 * np.sqrt(clear.variance + disputed.variance)
    return Effects(
        value=value,
        low=np.maximum(value - margin, -1.0),
        high=np.minimum(value + margin, 1.0),
        n=disputed.n,
    )


def _detail(clear: _Part, disputed: _Part, labeler: int) -> Mapping[str, object]:
    return {
        "wrong_on_disputed": round(float(disputed.share[labeler]), 4),
        "wrong_on_clear": round(float(clear.share[labeler]), 4),
    }


SIGNAL = Signal(
    title="errs where others disagree, not elsewhere",
    levels=LEVELS,
    min_judgments=MIN_ITEMS,
    read=read,
    unit="share of labels in error where the others disagree, beyond the share where they agree",
    weight=4.0,
    whole_from=300,
)
