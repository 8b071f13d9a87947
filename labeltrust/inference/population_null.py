"""Who counts as abnormal: an empirical null for effects with known standard errors.

Honest labelers differ, so their effects follow N(mu, tau^2 + se^2). The two are fitted to the bulk:
tau^2 by the equation of Paule and Mandel (1982), mu as the weighted mean, on the labelers left when
those with a standardised deviation beyond `TRIM` are set aside, with the constants of a normal cut
there; repeated until nobody changes sides. It starts from median and MAD, which a quarter of bad
labelers does not move far.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.optimize import brentq
from scipy.special import stdtr

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.crowd_rows import Bool, Float

MIN_POPULATION = 10
TRIM = 2.0
"""Standardised deviation of those set aside. Nearer than the rule of thumb of 2.5, because where a
labeler has few labels yet, one who flips a third of them lies little further out than that."""
KEPT_VARIANCE = float(stats.truncnorm(-TRIM, TRIM).var())
"""Variance of a standard normal cut at `TRIM`."""
_MAX_STEPS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationNull:
    """The honest population of one effect.

    Attributes:
        mean: mu, the effect of a typical honest labeler.
        spread: tau, the standard deviation between honest labelers.
        n: Labelers of the bulk it was fitted to.
        tail: Degrees of freedom of Student's t; None takes n - 1, since mu and tau are fitted to n
            labelers. A small number says that honest labelers far out are common.
    """

    mean: float
    spread: float
    n: int
    tail: int | None = None

    def p_values(self, effect: Float, error: Float) -> Float:
        """Return one-sided p-values of effects larger than the population's; NaN stays NaN."""
        p: Float = stdtr(self._freedom, -self._standardised(effect, error))
        return p

    def two_sided(self, effect: Float, error: Float) -> Float:
        """Return p-values of effects that deviate to either side; NaN stays NaN."""
        z = np.abs(self._standardised(effect, error))
        p: Float = 2 * stdtr(self._freedom, -z)
        return p

    @property
    def _freedom(self) -> int:
        return max(self.n - 1, 1) if self.tail is None else self.tail

    def _standardised(self, effect: Float, error: Float) -> Float:
        z: Float = (effect - self.mean) / np.sqrt(self.spread**2 + error**2)
        return z


def fit_null(effect: Float, error: Float, reference: Bool) -> PopulationNull | Undefined:
    """Fit the honest population of an effect.

    Args:
        effect: (n_labelers,) effects, NaN where undefined.
        error: (n_labelers,) standard errors, positive where defined.
        reference: (n_labelers,) who may belong to the bulk at all.

    Returns:
        The null, or `Undefined` below `MIN_POPULATION` labelers.

    >>> effect = np.append(np.linspace(-1, 1, 30), [9.0, 9.5, 10.0])
    >>> null = fit_null(effect, np.full(33, 0.1), np.ones(33, dtype=bool))
    >>> abs(null.mean) < 0.1, null.n
    (True, 30)
    """
    use = reference & np.isfinite(effect) & np.isfinite(error) & (error > 0)
    if int(use.sum()) < MIN_POPULATION:
        reason = f"{int(use.sum())} labelers are no population; it takes {MIN_POPULATION}"
        return Undefined(reason=reason)
    x, se = effect[use], error[use]
    mean, spread = _start(x, se)
    kept = np.ones(x.size, dtype=np.bool_)
    for _ in range(_MAX_STEPS):
        now = np.abs(x - mean) <= TRIM * np.sqrt(spread**2 + se**2)
        if int(now.sum()) < MIN_POPULATION // 2 or np.array_equal(now, kept):
            break
        kept = now
        spread = _spread(x[kept], se[kept])
        mean = _mean(x[kept], se[kept], spread)
    return PopulationNull(mean=mean, spread=spread, n=int(kept.sum()))


def _start(x: Float, se: Float) -> tuple[float, float]:
    mean = float(np.median(x))
    mad = 1.4826 * float(np.median(np.abs(x - mean)))
    return mean, float(np.sqrt(max(mad**2 - float(np.median(se)) ** 2, 0.0)))


def _mean(x: Float, se: Float, spread: float) -> float:
    weights = 1 / (spread**2 + se**2)
    return float(weights @ x / weights.sum())


def _spread(x: Float, se: Float) -> float:
    """Solve Paule and Mandel's equation: the weighted sum of squares equals its expectation."""
    square, least = se**2, (x.size - 1) * KEPT_VARIANCE

    def excess(tau: float) -> float:
        weights = 1 / (tau**2 + square)
        deviation = x - weights @ x / weights.sum()
        return float(weights @ deviation**2) - least

    top = 10 * float(np.ptp(x)) + 1e-12
    if excess(0.0) <= 0 or excess(top) >= 0:
        return 0.0
    return float(brentq(excess, 0.0, top, xtol=1e-9))
