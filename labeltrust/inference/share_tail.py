"""How surprising a share is among honest labelers, who differ in their shares.

Honest shares follow the typical one on the log odds scale, plus N(mu, tau^2) of honest difference,
plus what is known of the labeler's own level elsewhere. The population is fitted as in
`population_null`; the p-value is the tail of the count itself, averaged over that population, since
the normal law is far off for a few hits of a rare kind.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats
from scipy.special import expit, logit

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.binomial_tail import binomial_tail
from labeltrust.inference.crowd_rows import Bool, Float
from labeltrust.inference.population_null import PopulationNull, fit_null

_EDGE, _NODES = 12.0, 81
"""Standard deviations that the average runs over, and steps in it: p-values hold far below 1e-6."""
_REMARKABLE = 0.5
"""p-values above this are left to the normal law: nobody acts on them, and tails cost time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Rows of one kind among rows that could be; arrays have shape (n_labelers,).

    Attributes:
        hits: Rows of the kind.
        n: Rows that could be.
        expected: Hits expected of the typical labeler on the same rows.
    """

    hits: Float
    n: Float
    expected: Float

    @property
    def log_odds(self) -> Float:
        """Log odds of a hit beyond those expected, NaN without rows (Haldane 1956)."""
        beyond = _log_odds(self.hits, self.n) - _log_odds(self.expected, self.n)
        return np.where(self.n > 0, beyond, np.nan)

    @property
    def error(self) -> Float:
        """Standard error of `log_odds` at what is expected, NaN without rows."""
        p = np.clip(self.expected / np.maximum(self.n, 1.0), 0.0, 1.0)
        slope = 1 / (self.expected + 0.5) + 1 / (np.maximum(self.n - self.expected, 0.0) + 0.5)
        return np.where(self.n > 0, slope * np.sqrt(self.n * p * (1 - p) + 0.25), np.nan)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharePopulation:
    """What a share says of every labeler; arrays have shape (n_labelers,).

    Attributes:
        p_value: Chance of as many hits or more from an honest labeler; NaN without rows.
        usual: Share of hits of a typical honest labeler on the same rows, at his own level
            elsewhere.
        null: The honest population on the log odds scale.
    """

    p_value: Float
    usual: Float
    null: PopulationNull


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What each labeler shows elsewhere, so that it is no surprise here; shape (n_labelers,).

    Attributes:
        log_odds: Log odds beyond the expected.
        error: Their standard errors.
    """

    log_odds: Float
    error: Float


def share_population(
    share: Share, reference: Bool, level: Level | None = None, *, tail: int | None = None
) -> SharePopulation | Undefined:
    """Fit the honest population of a share and return everybody's p-value.

    Args:
        share: The counts.
        reference: (n_labelers,) who may belong to the honest population.
        level: What is known of each labeler; None takes nothing for known.
        tail: Degrees of freedom of the honest population, see `PopulationNull`; few where honest
            labelers far out are common.

    Returns:
        The p-values, or `Undefined` where there is no population.

    >>> n = np.full(30, 50.0)
    >>> hits = np.append(np.tile([4.0, 5.0, 6.0], 10)[:29], 30.0)
    >>> found = share_population(Share(hits=hits, n=n, expected=n / 10), np.ones(30, dtype=bool))
    >>> bool(found.p_value[29] < 1e-6), bool(found.p_value[0] > 0.1)
    (True, True)
    """
    null = fit_null(*share_effect(share, level), reference)
    if isinstance(null, Undefined):
        return null
    null = null if tail is None else replace(null, tail=min(tail, max(null.n - 1, 1)))
    return in_population(share, null, level)


def share_effect(share: Share, level: Level | None) -> tuple[Float, Float]:
    """Return log odds beyond the expected and the labeler's level, with errors, (n_labelers,)."""
    if level is None:
        return share.log_odds, share.error
    return share.log_odds - level.log_odds, np.hypot(share.error, level.error)


def in_population(
    share: Share, null: PopulationNull, level: Level | None = None
) -> SharePopulation:
    """Return everybody's p-value in a population that was fitted before.

    Args:
        share: The counts.
        null: The honest population of `share_effect`.
        level: What is known of each labeler.
    """
    effect, error = share_effect(share, level)
    nothing = np.zeros(effect.size)
    known = Level(log_odds=nothing, error=nothing) if level is None else level
    p = np.clip(share.expected / np.maximum(share.n, 1.0), 1e-6, 1 - 1e-6)
    centre = logit(p) + known.log_odds + null.mean
    p_value = null.p_values(effect, error)
    few = np.flatnonzero(p_value < _REMARKABLE)
    freedom = max(null.n - 1, 1) if null.tail is None else null.tail
    unsure = np.hypot(null.spread, known.error[few])
    p_value[few] = averaged_tail(share.hits[few], share.n[few], (centre[few], unsure), freedom)
    usual = np.where(np.isfinite(effect), expit(centre), np.nan)
    return SharePopulation(p_value=p_value, usual=usual, null=null)


def averaged_tail(hits: Float, n: Float, log_odds: tuple[Float, Float], freedom: int) -> Float:
    """Return the chance of as many hits or more, averaged over what honest labelers do.

    Args:
        hits: (k,) counts.
        n: (k,) rows that could be.
        log_odds: Centre and spread of the log odds of a hit, (k,) each.
        freedom: Degrees of freedom of the spread.

    >>> k = np.array([3.0])
    >>> averaged_tail(k, k, (np.zeros(1), np.zeros(1)), 50).round(4).tolist()
    [0.125]
    """
    step, weight = _nodes(freedom)
    centre, spread = log_odds
    chance = expit(centre[:, None] + spread[:, None] * step)
    return np.clip(binomial_tail(hits, n, chance, weight), 0.0, 1.0)


def _nodes(freedom: int) -> tuple[Float, Float]:
    """Cut Student's t into cells: (nodes,) places and the chance of each."""
    step = np.linspace(-_EDGE, _EDGE, _NODES)
    cuts = (step[1:] + step[:-1]) / 2
    # from the far side each: differences of numbers near 1 would lose the tail
    below = np.append(stats.t.cdf(cuts, freedom), 1.0)
    above = np.append(1.0, stats.t.sf(cuts, freedom))
    weight = np.where(step > 0, above - np.append(above[1:], 0.0), np.diff(below, prepend=0.0))
    return step, weight


def _log_odds(k: Float, n: Float) -> Float:
    odds: Float = np.log(k + 0.5) - np.log(np.maximum(n - k, 0.0) + 0.5)
    return odds
