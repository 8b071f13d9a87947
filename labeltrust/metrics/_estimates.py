"""Many measured numbers at once: arrays inside, `Estimate | Undefined` at the border."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from labeltrust.domain.estimates import Estimate, Measured, Undefined

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]

CONFIDENCE = 0.95
TAIL = (1 + CONFIDENCE) / 2
Z = float(stats.norm.ppf(TAIL))
_FAR = 700.0
"""exp() of more overflows."""
_NO_MARGIN = 1e-9
"""Less than this is rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimates:
    """Numbers of the same kind for many labelers or pairs; all arrays have shape (k,).

    Attributes:
        value: The numbers, NaN where undefined.
        low: Lower ends of the 95 % intervals, NaN where undefined.
        high: Upper ends.
        n: Units that carry information, as the metric says.
        why: Index into `reasons` where undefined, -1 where defined.
        reasons: Why numbers are undefined, in words.
    """

    value: Float
    low: Float
    high: Float
    n: Int
    why: Int
    reasons: tuple[str, ...]

    @property
    def defined(self) -> Bool:
        """Which numbers there are: (k,)."""
        return self.why < 0

    def __len__(self) -> int:
        """Return how many numbers there are, undefined ones included."""
        return int(self.value.size)

    def __getitem__(self, k: int) -> Measured:
        """Return one number with its interval, or the reason why there is none."""
        if self.why[k] >= 0:
            return Undefined(reason=self.reasons[self.why[k]])
        return Estimate(
            value=float(self.value[k]),
            low=float(self.low[k]),
            high=float(self.high[k]),
            n=int(self.n[k]),
        )

    def take(self, places: Int) -> "Estimates":
        """Return the numbers at some places."""
        return Estimates(
            value=self.value[places],
            low=self.low[places],
            high=self.high[places],
            n=self.n[places],
            why=self.why[places],
            reasons=self.reasons,
        )

    def __iter__(self) -> Iterator[Measured]:
        """Go through all numbers in order."""
        return (self[k] for k in range(len(self)))


def estimates(
    value: ArrayLike, low: ArrayLike, high: ArrayLike, n: ArrayLike, *gaps: tuple[str, Bool]
) -> Estimates:
    """Build `Estimates`, undefined where a gap says so (the first that applies gives the reason).

    >>> found = estimates([0.5, 9.0], [0.4, 9.0], [0.6, 9.0], [10, 0],
    ...                   ("no gold items", np.array([False, True])))
    >>> found[0].value, found[1].reason
    (0.5, 'no gold items')
    """
    numbers = [np.array(np.atleast_1d(x), dtype=np.float64) for x in (value, low, high)]
    why = np.full(numbers[0].size, -1, dtype=np.int64)
    for code, (_, gap) in enumerate(gaps):
        why[(why < 0) & gap] = code
    for x in numbers:
        x[why >= 0] = np.nan
    return Estimates(
        value=numbers[0],
        low=numbers[1],
        high=numbers[2],
        n=np.rint(np.atleast_1d(np.asarray(n, dtype=np.float64))).astype(np.int64),
        why=why,
        reasons=tuple(reason for reason, _ in gaps),
    )


def divided(above: Float, below: Float) -> Float:
    """Return above / below, 0.0 where below is 0: for places that a gap covers anyway.

    >>> divided(np.array([1.0, 1.0]), np.array([2.0, 0.0])).tolist()
    [0.5, 0.0]
    """
    return np.divide(above, below, out=np.zeros(np.broadcast(above, below).shape), where=below != 0)


def unseen_share(n: Float) -> Float:
    """Return the share that may hide behind not having been seen in n items, at 97.5 %.

    A share p shows in none of n items with probability (1 - p)^n (Clopper, Pearson 1934, at 0).

    >>> unseen_share(np.array([1.0, 100.0])).round(3).tolist()
    [0.975, 0.036]
    """
    share: Float = 1 - (1 - TAIL) ** divided(np.ones_like(n), n)
    return share


def around(value: Float, margin: Float, hidden: Float, least: float) -> tuple[Float, Float]:
    """Return intervals of coefficients that end at 1, symmetric in log(1 - value).

    1 - kappa and 1 - alpha are ratios of two disagreements, whose logarithm is close to normal long
    before the ratio is; so intervals near 1 stay below 1 and reach further down.

    Args:
        value: (k,) numbers of at most 1.
        margin: (k,) half widths on their own scale, infinite where unknown, 0 where nothing varied.
        hidden: (k,) half widths to use where nothing varied, see `unseen_share`.
        least: The smallest the numbers can be.

    >>> low, high = around(np.array([0.9]), np.array([0.1]), np.array([0.0]), -1.0)
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.728], [0.963])
    """
    rest = np.maximum(1 - value, 0.0)
    wide = np.maximum(np.where(margin > _NO_MARGIN, margin, hidden), 0.0)
    factor = np.exp(np.minimum(divided(wide, rest), _FAR))
    low = np.where(rest > _NO_MARGIN, 1 - rest * factor, 1 - hidden)
    return np.maximum(low, least), 1 - rest / factor
