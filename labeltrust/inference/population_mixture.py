"""How much honest labelers differ in one parameter, learned from a crowd that is not all honest.

Every labeler has a log likelihood curve over a grid of the parameter. Honest labelers' parameters
are drawn from N(mu, tau^2), the others' from anywhere in a bad range. What is returned is not one
(mu, tau) but the honest distribution averaged over all that fit, each by how well it does: with few
labelers its tails are as heavy as their small number deserves.

Source: Efron (2008), "Microarrays, empirical Bayes and the two-groups model", sections 2 and 5.
"""

from dataclasses import dataclass

import numpy as np

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.crowd_rows import Bool, Float

MIN_POPULATION = 10
MAX_CONTAMINATION = 0.25
"""Above this share of others the bulk is no longer known to be the honest part."""
_SHARES = np.array([0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4])


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """The grid of a parameter, and which honest populations are conceivable on it.

    Attributes:
        grid: (n_grid,) values of the parameter, evenly spaced; larger is worse.
        means: Conceivable means of honest labelers.
        spreads: Conceivable standard deviations.
        others: Lowest and highest value of those who are not honest, drawn evenly between.
    """

    grid: Float
    means: Float
    spreads: Float
    others: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationMixture:
    """The honest population on a grid.

    Attributes:
        grid: (n_grid,) values of the parameter.
        honest: (n_grid,) probability of each value for an honest labeler.
        mean: Posterior mean of mu.
        spread: Posterior mean of tau.
        contamination: Posterior mean of the share of labelers who are not of this population.
        n: Labelers it was fitted to.
    """

    grid: Float
    honest: Float
    mean: float
    spread: float
    contamination: float
    n: int

    @property
    def trusted(self) -> bool:
        """Whether the bulk is known to be honest: at most a quarter of others."""
        return self.contamination <= MAX_CONTAMINATION


def fit_population(curves: Float, active: Bool, prior: Prior) -> PopulationMixture | Undefined:
    """Fit the honest population to the log likelihood curves of a crowd.

    Args:
        curves: (n_labelers, n_grid) log likelihoods.
        active: (n_labelers,) who has enough rows to say anything.
        prior: The grid and the conceivable populations.

    Returns:
        The mixture, or `Undefined` below `MIN_POPULATION` active labelers.

    >>> prior = Prior(grid=np.linspace(-2, 2, 41), means=np.linspace(-1, 1, 9),
    ...               spreads=np.array([0.1, 0.3]), others=(0.5, 2.0))
    >>> at = np.linspace(-0.3, 0.3, 20)[:, None]
    >>> fitted = fit_population(-50 * (prior.grid - at) ** 2, np.ones(20, dtype=bool), prior)
    >>> abs(fitted.mean) < 0.1, fitted.trusted
    (True, True)
    """
    n = int(active.sum())
    if n < MIN_POPULATION:
        return Undefined(reason=f"{n} labelers are no population; it takes {MIN_POPULATION}")
    shapes = _shapes(prior)
    likelihood = np.exp(curves[active] - curves[active].max(axis=1, keepdims=True))
    bad = (prior.grid >= prior.others[0]) & (prior.grid <= prior.others[1])
    weight = _posterior(likelihood @ shapes.T, likelihood[:, bad].mean(axis=1))
    of_shape = weight.sum(axis=0)
    return PopulationMixture(
        grid=prior.grid,
        honest=of_shape @ shapes,
        mean=float(of_shape @ np.repeat(prior.means, prior.spreads.size)),
        spread=float(of_shape @ np.tile(prior.spreads, prior.means.size)),
        contamination=float(weight.sum(axis=1) @ _SHARES),
        n=n,
    )


def _shapes(prior: Prior) -> Float:
    """Return the normal of every (mean, spread) on the grid, (n_shapes, n_grid)."""
    step = prior.grid[1] - prior.grid[0]
    # a normal narrower than half a step would fall between two grid points
    spreads = np.maximum(np.tile(prior.spreads, prior.means.size), step / 2)
    means = np.repeat(prior.means, prior.spreads.size)
    density = np.exp(-0.5 * ((prior.grid - means[:, None]) / spreads[:, None]) ** 2)
    shapes: Float = density / density.sum(axis=1, keepdims=True)
    return shapes


def _posterior(honest: Float, other: Float) -> Float:
    """Return the weight of each (share, shape) given the crowd, (n_shares, n_shapes)."""
    logs = np.array(
        [np.log((1 - s) * honest + s * other[:, None] + 1e-300).sum(axis=0) for s in _SHARES]
    )
    weight = np.exp(logs - logs.max())
    total: Float = weight / weight.sum()
    return total
