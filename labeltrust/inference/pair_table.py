"""Sums of coincidence scores by pair of labelers, and how far honest pairs reach."""

from dataclasses import dataclass

import numpy as np

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.coincidences import THETAS, pair_rows
from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import Float, Int
from labeltrust.inference.population_null import fit_null

MIN_LABELERS = 10
HONEST_SPREADS = 3.0
"""Honest pairs differ (schools of opinion): this many standard deviations are honest."""
_DENSE = 4_000_000
_FITTED_PAIRS = 20_000
_INFORMED = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PairTable:
    """Sums over shared contested items of every pair of labelers that has one; (n,) columns.

    Attributes:
        first: Labeler codes, smaller than `second`.
        second: Labeler codes.
        score: Sum of scores.
        information: Sum of their variances where the two are independent.
        cumulants: (n, THETAS.size) sum of log E exp(theta score).
        n_labelers: Size of the labeler code space.
    """

    first: Int
    second: Int
    score: Float
    information: Float
    cumulants: Float
    n_labelers: int


def pair_table(crowd: FittedCrowd) -> PairTable:
    """Score every pair of labelers that shares a contested item.

    >>> from labeltrust.counts import block
    >>> from labeltrust.inference.crowd import fit_crowd
    >>> from labeltrust.inference.crowd_rows import crowd_rows
    >>> b = block(np.repeat(range(9), 4), [0, 1, 2, 3] * 9, [1, 1, 0, 0] * 9, n_labelers=4,
    ...           values=[0, 1])
    >>> (pair_table(fit_crowd(crowd_rows(b), np.ones(4, dtype=bool))).score > 0).tolist()
    [True, False, False, False, False, True]
    """
    n = crowd.rows.n_labelers
    keys, sums = np.empty(0, dtype=np.int64), np.empty((0, 2 + THETAS.size))
    for found in pair_rows(crowd, np.ones(crowd.rows.n_items, dtype=np.bool_)):
        one, other = crowd.rows.labeler[found.one], crowd.rows.labeler[found.other]
        key = (np.minimum(one, other) * n + np.maximum(one, other)).ravel()
        columns = np.stack(
            [found.score.ravel(), found.variance.ravel(), *found.cumulants.reshape(THETAS.size, -1)]
        )
        keys, sums = _added(np.append(keys, key), np.concatenate([sums, columns.T]), n)
    return PairTable(
        first=keys // max(n, 1),
        second=keys % max(n, 1),
        score=sums[:, 0],
        information=sums[:, 1],
        cumulants=sums[:, 2:],
        n_labelers=n,
    )


def _added(keys: Int, columns: Float, n_labelers: int) -> tuple[Int, Float]:
    """Add up columns by key; keys come back distinct and ascending."""
    if n_labelers**2 <= _DENSE:
        there = np.flatnonzero(np.bincount(keys, minlength=1))
        rank = np.zeros(n_labelers**2, dtype=np.int64)
        rank[there] = np.arange(there.size)
        place = rank[keys]
    else:
        there, place = np.unique(keys, return_inverse=True)
    sums = [np.bincount(place, column, minlength=there.size) for column in columns.T]
    return there, np.stack(sums, axis=1)


def honest_reach(table: PairTable) -> float | Undefined:
    """Return the share of labels that honest pairs may seem to copy: mu + 3 tau.

    Fitted robustly over the pairs that know most; half the crowd may collude before a quarter of
    the pairs do.

    Returns:
        The share, or `Undefined` where there are too few labelers or pairs.
    """
    known = table.information >= _INFORMED
    active = np.unique(np.append(table.first[known], table.second[known])).size
    if active < MIN_LABELERS:
        reason = f"{active} labelers share contested items; it takes {MIN_LABELERS}"
        return Undefined(reason=reason)
    least = -np.partition(-table.information, min(_FITTED_PAIRS, table.score.size) - 1)[
        min(_FITTED_PAIRS, table.score.size) - 1
    ]
    known &= table.information >= least
    share, error = table.score[known] / table.information[known], table.information[known] ** -0.5
    null = fit_null(share, error, np.ones(share.size, dtype=np.bool_))
    if isinstance(null, Undefined):
        return null
    return null.mean + HONEST_SPREADS * null.spread
