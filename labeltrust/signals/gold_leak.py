"""Recognises gold: right on gold items, and by far not as often elsewhere.

Elsewhere peers say how often a labeler errs; on gold the gold label does. Gold may be easier or
harder than the rest, and honest labelers differ in how much: so the difference of a labeler is
compared with the differences of all, over all errors and in each class.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.blocks import blocks_of
from labeltrust.inference.contrasts import contrast
from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import summed
from labeltrust.inference.error_curves import (
    GRID,
    ErrorKind,
    PeriodOf,
    all_errors,
    concerned_rows,
    error_family,
    error_share,
    errors_of_class,
)
from labeltrust.inference.periods import Periods, fit_periods
from labeltrust.inference.population_null import MIN_POPULATION, fit_null
from labeltrust.signals._base import (
    NO_HONEST_MAJORITY,
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

LEVELS = frozenset({"nominal", "ordinal"})
MIN_GOLD = 5
MIN_ELSEWHERE = 20
_Z95 = 1.959963984540054
_WHOLE = 1 << 40
"""Rows a block: all of a labeler's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One kind of error on gold and elsewhere; arrays have shape (n_labelers,).

    Attributes:
        kind: The kind.
        weight: Its share of the looks.
        p_value: Against the honest population, NaN where undefined.
        gold: Share of errors on gold.
        elsewhere: Share of errors elsewhere, as peers believe.
        error: Standard error of the difference.
    """

    kind: ErrorKind
    weight: float
    p_value: Float
    gold: Float
    elsewhere: Float
    error: Float


def read(evidence: Evidence) -> Readings:
    """Ask whether a labeler errs more where nobody checks than he does on gold."""
    crowd, judgments = evidence.crowd, evidence.judgments
    n_labelers = judgments.n_labelers
    if judgments.level not in LEVELS:
        return silent(n_labelers, "gold accuracy counts equal labels; these are numbers")
    on_gold = crowd.rows.gold[crowd.rows.item] >= 0
    if not on_gold.any():
        return silent(n_labelers, "no gold items")
    if not evidence.peers_prove:
        return silent(n_labelers, NO_HONEST_MAJORITY)
    known, open_ = (
        np.bincount(crowd.rows.labeler[part], minlength=n_labelers)
        for part in (on_gold, ~on_gold & (crowd.others.sum(axis=1) > 0))
    )
    enough = (known >= MIN_GOLD) & (open_ >= MIN_ELSEWHERE)
    if int(enough.sum()) < MIN_POPULATION:
        few = f"fewer than {MIN_POPULATION} labelers have {MIN_GOLD} gold answers and labels beside"
        return silent(n_labelers, few)
    periods = fit_periods(crowd)
    read = periods, periods.of_rows(crowd.rows)
    looks = [_look(evidence, kind, weight, read) for kind, weight in _kinds(crowd)]
    return _readings(looks, known, enough)


def _kinds(crowd: FittedCrowd) -> list[tuple[ErrorKind, float]]:
    """Half the looks for all errors, half for each class that has gold."""
    n = crowd.rows.n_classes
    classes = np.unique(crowd.rows.gold[crowd.rows.gold >= 0]).tolist()
    return [
        (all_errors(n), 0.5),
        *((errors_of_class(n, t), 0.5 / len(classes)) for t in classes),
    ]


def _look(
    evidence: Evidence, kind: ErrorKind, weight: float, read: tuple[Periods, PeriodOf]
) -> _Look:
    crowd, n = evidence.crowd, evidence.judgments.n_labelers
    rows = concerned_rows(crowd, kind)
    gold = crowd.rows.gold[crowd.rows.item[rows]] >= 0
    beside = ~gold & (crowd.others[rows].sum(axis=1) > 0)
    family, parts = error_family(crowd, kind, *read), (rows[gold], rows[beside])
    known, open_ = (blocks_of(crowd.rows, part, _WHOLE, family).totals for part in parts)
    there = [np.bincount(crowd.rows.labeler[part], minlength=n) > 0 for part in parts]
    found = contrast(known, open_, GRID)
    both = there[0] & there[1]
    size, error = np.where(both, found.size, np.nan), np.where(both, found.error, np.nan)
    null = fit_null(size, error, evidence.reference)
    p_value = np.full(n, np.nan) if isinstance(null, Undefined) else null.p_values(size, error)
    shares = [_share(crowd, kind, part) for part in parts]
    return _Look(
        kind=kind,
        weight=weight,
        p_value=p_value,
        gold=shares[0][0],
        elsewhere=shares[1][0],
        error=np.sqrt(shares[0][1] + shares[1][1]),
    )


def _share(crowd: FittedCrowd, kind: ErrorKind, rows: Int) -> tuple[Float, Float]:
    """Return the share of errors of the kind with its variance, (n_labelers,) each."""
    wrong, could = error_share(crowd, kind, rows)
    labeler, n = crowd.rows.labeler[rows], crowd.rows.n_labelers
    hits, chances = summed(labeler, wrong, n), summed(labeler, could, n)
    share = hits / np.maximum(chances, 1e-9)
    smooth = (hits + 0.5) / (chances + 1)
    return np.clip(share, 0.0, 1.0), smooth * (1 - smooth) / (chances + 1)


def _readings(looks: list[_Look], known: Int, enough: Bool) -> Readings:
    charged = np.array([np.nan_to_num(look.p_value, nan=1.0) / look.weight for look in looks])
    worst, who = charged.argmin(axis=0), np.arange(known.size)
    gold, elsewhere, error = (
        np.array([getattr(look, name) for look in looks])[worst, who]
        for name in ("gold", "elsewhere", "error")
    )
    value = elsewhere - gold
    effects = Effects(
        value=value,
        low=np.maximum(value - _Z95 * error, -1.0),
        high=np.minimum(value + _Z95 * error, 1.0),
        n=known,
    )
    p_value = np.minimum(charged.min(axis=0), 1.0)
    said = Said(p_value=p_value, log_e=np.full(known.size, np.nan))
    detail = tuple(_detail(looks[k], a) for a, k in enumerate(worst.tolist()))
    needs = f"{MIN_GOLD} gold answers and {MIN_ELSEWHERE} other labels with peers"
    return readings(effects, said, detail, enough=enough, needs=needs)


def _detail(look: _Look, labeler: int) -> Mapping[str, object]:
    said: dict[str, object] = {
        "wrong_on_gold": round(float(look.gold[labeler]), 4),
        "wrong_elsewhere": round(float(look.elsewhere[labeler]), 4),
    }
    return said if look.kind.true is None else {**said, "true": look.kind.true}


SIGNAL = Signal(
    title="is right on gold and not elsewhere",
    levels=LEVELS,
    min_judgments=MIN_GOLD,
    read=read,
    unit="share of labels in error elsewhere, beyond the share on gold",
    needs=frozenset({"gold"}),
    whole_from=200,
)
