"""P(accuracy above the floor) from right answers of all answers, exactly on a grid.

Each class has a distribution of its own; the average class is their convolution. One more right
answer multiplies a distribution by the accuracy itself, whatever the prior, so it moves up, and so
does every sum it is part of: another right answer never lowers the probability. A normal
approximation does not have this property.
"""

import numpy as np

from labeltrust.policy.population import Float
from labeltrust.policy.trust_evidence import Right

CELLS = 1024
"""Cells of the grid, of all classes together."""
CHUNK = 512
"""Labelers reckoned at a time: bounds memory."""
ANYTHING = 0.2
"""Share of the prior that is uniform: that part of any crowd may have any accuracy. With it a
labeler far from the population is soon believed to be far from it."""
PRIOR_RANGE = (4.0, 40.0)
"""Answers that the population may be worth to one of its members."""
TRIM = 2.5
"""Standardised deviation beyond which a labeler is no part of the bulk that the spread is of."""
_SLACK = 0.01
"""Variance between honest labelers that the trimming allows for (a spread of 0.1)."""
_TINY = 1e-9


def fitted_prior(seen: Right, usual: Float) -> Float:
    """Fit how labelers spread around the usual accuracy of each class, by the method of moments.

    Args:
        seen: Right and all answers.
        usual: (n_classes,) accuracy of the typical labeler, inside (0, 1).

    Returns:
        (n_classes, cells) probability of each accuracy on the grid.

    >>> seen = Right(right=np.array([[5.0], [9.0]]), n=np.array([[10.0], [10.0]]))
    >>> prior = fitted_prior(seen, np.array([0.7]))
    >>> prior.shape, float(prior.sum().round(6))
    ((1, 1024), 1.0)
    """
    worth = _worth(seen, usual)[:, None]
    grid = _grid(usual.size)
    right, wrong = usual[:, None] * worth, (1 - usual[:, None]) * worth
    bulk = _normalised((right - 1) * np.log(grid) + (wrong - 1) * np.log1p(-grid))
    return (1 - ANYTHING) * bulk + ANYTHING / grid.size


def posterior(seen: Right, prior: Float) -> Float:
    """Return the distribution of each labeler's accuracy in each class.

    Args:
        seen: Right and all answers, (k, n_classes).
        prior: See `fitted_prior`.

    Returns:
        (k, n_classes, cells).
    """
    grid = _grid(prior.shape[0])
    wrong = np.maximum(seen.n - seen.right, 0.0)
    log_p = seen.right[..., None] * np.log(grid) + wrong[..., None] * np.log1p(-grid)
    return _normalised(log_p + np.log(prior))


def above(seen: Right, prior: Float, least: float) -> tuple[Float, Float]:
    """Return P(accuracy > least) of the average class, (k,), and of each class, (k, n_classes).

    >>> even = Right(right=np.array([[3.0, 3.0]]), n=np.array([[6.0, 6.0]]))
    >>> mean, each = above(even, np.full((2, 512), 1 / 512), 0.5)
    >>> mean.round(3).tolist(), each.round(3).tolist()
    ([0.5], [[0.5, 0.5]])
    """
    mean, each = np.empty(seen.n.shape[0]), np.empty(seen.n.shape)
    for k in range(0, mean.size, CHUNK):
        part = slice(k, k + CHUNK)
        mass = posterior(Right(right=seen.right[part], n=seen.n[part]), prior)
        each[part] = _beyond(mass, least, 1)
        mean[part] = _beyond(_summed(mass), least, prior.shape[0])
    return mean, each


def _worth(seen: Right, usual: Float) -> Float:
    share, variance = seen.right / np.maximum(seen.n, _TINY), usual * (1 - usual)
    far = TRIM * np.sqrt(variance / np.maximum(seen.n, _TINY) + _SLACK)
    n = np.where(np.abs(share - usual) <= far, seen.n, 0.0)
    within = (n > 0).sum(axis=0) * variance
    between = ((n * (share - usual) ** 2).sum(axis=0) - within) / np.maximum(n.sum(axis=0), _TINY)
    worth: Float = np.clip(variance / np.maximum(between, _TINY) - 1, *PRIOR_RANGE)
    return worth


def _grid(n_classes: int) -> Float:
    size = CELLS // n_classes
    return (np.arange(size) + 0.5) / size


def _normalised(log_p: Float) -> Float:
    mass = np.exp(log_p - log_p.max(axis=-1, keepdims=True))
    total: Float = mass / mass.sum(axis=-1, keepdims=True)
    return total


def _summed(mass: Float) -> Float:
    """Convolve the classes, (k, cells)."""
    if mass.shape[1] == 1:
        return mass[:, 0]
    product = np.fft.rfft(mass, CELLS, axis=2).prod(axis=1)
    length = mass.shape[1] * (mass.shape[2] - 1) + 1
    return np.fft.irfft(product, CELLS, axis=1)[:, :length]


def _beyond(mass: Float, least: float, n_terms: int) -> Float:
    """Return the mass beyond `least` where cells are sums of `n_terms` grid points."""
    cells = mass.shape[-1]
    width = (cells - 1) // n_terms + 1
    where = (np.arange(cells) + 0.5 * n_terms) / (width * n_terms)
    share = np.clip((where - least) * width * n_terms + 0.5, 0.0, 1.0)
    beyond: Float = np.clip(mass @ share, 0.0, 1.0)
    return beyond
