"""Kappa of many tables at once, with the interval of Fleiss, Cohen and Everitt."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from labeltrust.counts._base import summed
from labeltrust.counts._similarity import Weighted, total_similarity
from labeltrust.metrics._estimates import (
    TAIL,
    Estimates,
    Float,
    Int,
    around,
    divided,
    estimates,
    unseen_share,
)

KIND_OF_LEVEL = {
    "nominal": "equal",
    "ordinal": "linear",
    "interval": "quadratic",
    "ratio": "quadratic",
}
"""Weights by level where none are asked for: plain, linear, quadratic."""
LEAST = -1.0
ROUNDING = 1e-9
ALIKE = "both give one and the same label throughout"
NONE_SHARED = "no items shared with another labeler"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Joint label counts of many pairs: one row per occupied cell of a pair's table.

    Attributes:
        pair: (n_cells,) pair numbers in [0, n_pairs).
        one: (n_cells,) label codes of the first labeler.
        two: (n_cells,) label codes of the second.
        weight: (n_cells,) shared items.
        n_pairs: Number of pairs.
        values: (n_labels,) numeric position of each label.
    """

    pair: Int
    one: Int
    two: Int
    weight: Float
    n_pairs: int
    values: Float

    def total(self, of_cell: Float) -> Float:
        """Return the sum over each pair's cells: (n_pairs,)."""
        return summed(self.pair, of_cell, self.n_pairs)

    def similarity(self, kind: str) -> Float:
        """Return the similarity of the two labels of each cell."""
        cell = np.arange(self.pair.size)
        alone = Weighted(group=cell, label=self.two, weight=np.ones(cell.size))
        return total_similarity(kind, (cell, self.one), alone, self.values)


def table_kappas(tables: Tables, kind: str) -> Estimates:
    """Return kappa of every pair, with the standard error of Fleiss, Cohen and Everitt (1969).

    Pairs may share few items, so the interval takes Student's quantile and is symmetric in
    log(1 - kappa) (`around`). Where the error is 0 (no disagreement, or one label throughout) its
    half width is what may hide in n items (`unseen_share`).

    Args:
        tables: Joint counts.
        kind: Weights `equal`, `linear` or `quadratic`.

    Returns:
        (n_pairs,) kappas in [-1, 1]; n counts shared items.
    """
    n = tables.total(tables.weight)
    observed, chance, spread = _shares(tables, kind, n)
    room = 1 - chance
    value = divided(observed - chance, room)
    error = divided(np.sqrt(divided(spread, n)), room**2)
    margin = stats.t.ppf(TAIL, np.maximum(n - 1, 1)) * error
    low, high = around(value, margin, divided(unseen_share(n), room), LEAST)
    gaps = (NONE_SHARED, n < ROUNDING), (ALIKE, room < ROUNDING)
    return estimates(value, low, high, n, *gaps)


def _shares(tables: Tables, kind: str, n: Float) -> tuple[Float, Float, Float]:
    """Return p_o, p_e and n (1 - p_e)^4 times the variance of kappa.

    In the paper's notation a cell (i, j) has similarity w_ij, and means w_i. over the columns'
    margin (`left`) and w_.j over the rows' margin (`right`).
    """
    share, similar = divided(tables.weight, n[tables.pair]), tables.similarity(kind)
    ones = Weighted(group=tables.pair, label=tables.one, weight=share)
    twos = Weighted(group=tables.pair, label=tables.two, weight=share)
    left = total_similarity(kind, (tables.pair, tables.one), twos, tables.values)
    right = total_similarity(kind, (tables.pair, tables.two), ones, tables.values)
    observed, chance = tables.total(share * similar), tables.total(share * left)
    inner = similar * (1 - chance)[tables.pair] - (left + right) * (1 - observed)[tables.pair]
    spread = tables.total(share * inner**2) - (observed * chance - 2 * chance + observed) ** 2
    return observed, chance, np.maximum(spread, 0.0)
