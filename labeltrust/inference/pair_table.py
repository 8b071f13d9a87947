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
    sums = _PairSums(n)
    for found in pair_rows(crowd, np.ones(crowd.rows.n_items, dtype=np.bool_)):
        labeler = crowd.rows.labeler[found.rows]
        one, other = labeler[:, found.low], labeler[:, found.high]
        key = (np.minimum(one, other) * n + np.maximum(one, other)).ravel()
        columns = np.stack([found.score, found.variance, *found.cumulants])
        sums.add(key, columns.reshape(len(columns), -1))
    keys, found_sums = sums.whole()
    return PairTable(
        first=keys // max(n, 1),
        second=keys % max(n, 1),
        score=found_sums[0],
        information=found_sums[1],
        cumulants=found_sums[2:].T,
        n_labelers=n,
    )


class _PairSums:
    """Columns summed by pair as they come: densely while the pairs are few, else merged by key."""

    def __init__(self, n_labelers: int) -> None:
        """Prepare sums over the pairs of so many labelers."""
        self._size = n_labelers**2 if n_labelers**2 <= _DENSE else 0
        self._dense = np.zeros((2 + THETAS.size, self._size))
        self._met = np.zeros(self._size, dtype=np.bool_)
        self._parts: list[tuple[Int, Float]] = []

    def add(self, key: Int, columns: Float) -> None:
        """Add columns, (n_columns, k), at their keys, (k,)."""
        if self._size:
            self._met[key] = True
            for total, column in zip(self._dense, columns, strict=True):
                np.add.at(total, key, column)
            return
        self._parts.append((key, columns))
        if sum(keys.size for keys, _ in self._parts) > _DENSE:
            self._parts = [self._merged()]

    def whole(self) -> tuple[Int, Float]:
        """Return the keys met, ascending, and their sums, (n_columns, n_keys)."""
        if not self._size:
            return self._merged()
        there = np.flatnonzero(self._met)
        return there, self._dense[:, there]

    def _merged(self) -> tuple[Int, Float]:
        parts = [(np.zeros(0, dtype=np.int64), np.zeros((2 + THETAS.size, 0))), *self._parts]
        keys = np.concatenate([key for key, _ in parts])
        columns = np.concatenate([column for _, column in parts], axis=1)
        there, place = np.unique(keys, return_inverse=True)
        sums = [np.bincount(place, column, minlength=there.size) for column in columns]
        return there, np.stack(sums)


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
