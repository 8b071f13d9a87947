"""Whether one parameter differs between two parts of a labeler's labels.

The labeler's own level drops out, so that an able labeler who turned is as visible as a weak one.
"""

from dataclasses import dataclass

import numpy as np

from labeltrust.inference.crowd_rows import Float

_LEAST_INFORMATION = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """Two parts compared, k times; arrays have shape (k,).

    Attributes:
        z: Signed root of the likelihood ratio, positive where the second part is larger; standard
            normal where both are the same (Barndorff-Nielsen and Cox 1994, section 3.2).
        error: Standard error of the difference on the grid's scale, at the common value.
    """

    z: Float
    error: Float

    @property
    def size(self) -> Float:
        """The difference on the grid's scale as far as normal: z times its error."""
        return self.z * self.error


def contrast(one: Float, two: Float, grid: Float) -> Contrast:
    """Compare the parameter behind two sets of log likelihood curves.

    Args:
        one: (k, n_grid) log likelihoods of the first parts.
        two: (k, n_grid) of the second parts.
        grid: (n_grid,) values of the parameter, evenly spaced.

    >>> grid = np.linspace(-2, 2, 33)
    >>> found = contrast(-8 * (grid[None] + 1) ** 2, -8 * (grid[None] - 1) ** 2, grid)
    >>> found.z.round(2).tolist(), found.error.round(2).tolist()
    ([5.66], [0.35])
    """
    both = one + two
    first, second, common = (_peak(curve) for curve in (one, two, both))
    ratio = np.maximum(first[0] + second[0] - common[0], 0.0)
    at = np.clip(common[1], 1, grid.size - 2)
    step = float(grid[1] - grid[0])
    variance = 1 / _information(one, at, step) + 1 / _information(two, at, step)
    sign = np.sign(second[1] + second[2] - first[1] - first[2])
    return Contrast(z=sign * np.sqrt(2 * ratio), error=np.sqrt(variance))


def _peak(curve: Float) -> tuple[Float, Float, Float]:
    """Return height, place and offset (in steps) of the peak, between grid points by a parabola."""
    rows, place = np.arange(len(curve)), curve.argmax(axis=1)
    at = np.clip(place, 1, curve.shape[1] - 2)
    left, middle, right = (curve[rows, at + k] for k in (-1, 0, 1))
    bend = left - 2 * middle + right
    inside = (at == place) & (bend < 0)
    slope = (right - left) / 2
    offset = np.where(inside, -slope / np.where(inside, bend, -1.0), 0.0)
    height = np.where(inside, middle + slope * offset / 2, curve[rows, place])
    return height, place.astype(np.float64), offset


def _information(curve: Float, at: Float, step: float) -> Float:
    rows, place = np.arange(len(curve)), at.astype(np.int64)
    bend = curve[rows, place - 1] - 2 * curve[rows, place] + curve[rows, place + 1]
    information: Float = np.maximum(-bend / step**2, _LEAST_INFORMATION)
    return information


def located(curve: Float, grid: Float) -> tuple[Float, Float]:
    """Return the likeliest value behind each log likelihood curve, and its standard error.

    Args:
        curve: (k, n_grid) log likelihoods.
        grid: (n_grid,) values of the parameter, evenly spaced.

    >>> grid = np.linspace(-2, 2, 33)
    >>> value, error = located(-8 * (grid[None] - 0.3) ** 2, grid)
    >>> value.round(2).tolist(), error.round(2).tolist()
    ([0.3], [0.25])
    """
    _, place, offset = _peak(curve)
    step = float(grid[1] - grid[0])
    at = np.clip(place, 1, grid.size - 2)
    return grid[0] + (place + offset) * step, 1 / np.sqrt(_information(curve, at, step))
