"""From a family and a crowd to a sequential test: honest population below, bad values above."""

from dataclasses import dataclass, replace

import numpy as np

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.blocks import Blocks
from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import Float
from labeltrust.inference.e_process import OnsetEvidence, onset_e_process
from labeltrust.inference.population_mixture import PopulationMixture, Prior, fit_population
from labeltrust.inference.sequential_test import SequentialTest


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedTest:
    """A sequential test with the population it rests on.

    Attributes:
        test: Ready to be played.
        population: The honest population.
        blocks: Log likelihoods of the crowd that it was fitted to.
        found: The e-process of every labeler of that crowd.
    """

    test: SequentialTest
    population: PopulationMixture
    blocks: Blocks
    found: OnsetEvidence


def fit_test(
    draft: SequentialTest, crowd: FittedCrowd, prior: Prior, *, bad_from: float, min_rows: int
) -> FittedTest | Undefined:
    """Fit the honest population of a draft's family and set the alternative above it.

    The alternative is uniform over the grid from `mu + max(3 tau, bad_from)` up: what three
    spreads of honest difference do not reach, and what is bad enough to matter.

    Args:
        draft: Family, rows and block size; its distributions are replaced.
        crowd: The fitted crowd.
        prior: The grid and the conceivable honest populations.
        bad_from: Least distance from the typical labeler that matters.
        min_rows: Rows that make a labeler count for the population.
    """
    blocks = draft.blocks(crowd)
    n = np.bincount(crowd.rows.labeler[draft.relevant(crowd)], minlength=blocks.n_labelers)
    population = fit_population(blocks.totals, n >= min_rows, prior)
    if isinstance(population, Undefined):
        return population
    test = replace(draft, honest=population.honest, bad=alternative(population, bad_from))
    return FittedTest(
        test=test,
        population=population,
        blocks=blocks,
        found=onset_e_process(blocks, test.honest, test.bad),
    )


def alternative(population: PopulationMixture, bad_from: float) -> Float:
    """Return the uniform distribution on the bad end of the grid, (n_grid,)."""
    edge = population.mean + max(3 * population.spread, bad_from)
    bad = (population.grid >= min(edge, population.grid[-1])).astype(np.float64)
    uniform: Float = bad / bad.sum()
    return uniform


def likeliest(curves: Float, grid: Float) -> tuple[Float, Float, Float]:
    """Return the most likely parameter of each labeler with its 95 % likelihood interval.

    The interval holds the values within 1.92 of the best log likelihood (half of the 95 % quantile
    of chi-squared with one degree of freedom; Wilks 1938).

    >>> grid = np.linspace(0, 1, 5)
    >>> likeliest(np.array([[-9.0, -1.0, 0.0, -1.0, -9.0]]), grid)
    (array([0.5]), array([0.25]), array([0.75]))
    """
    inside = curves >= curves.max(axis=1, keepdims=True) - 1.92
    low = grid[inside.argmax(axis=1)]
    high = grid[grid.size - 1 - inside[:, ::-1].argmax(axis=1)]
    return grid[curves.argmax(axis=1)], low, high
