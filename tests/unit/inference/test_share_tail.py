"""Tails of shares in a population that differs, against counts drawn from one."""

import numpy as np
from scipy import stats
from scipy.special import expit, logit

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.population_null import PopulationNull, fit_null
from labeltrust.inference.share_tail import Level, Share, in_population, share_population
from labeltrust.inference.shared_spread import shared_spread

EVERYBODY = np.ones(60, dtype=bool)


def drawn(rng, spread, n=40, chance=0.15, size=60):
    p = expit(logit(chance) + rng.normal(0, spread, size))
    return Share(
        hits=rng.binomial(n, p).astype(float),
        n=np.full(size, float(n)),
        expected=np.full(size, n * chance),
    )


def test_p_values_of_honest_counts_are_not_too_small():
    rng = np.random.default_rng(12_601)
    p_value = np.concatenate(
        [share_population(drawn(rng, 0.4), EVERYBODY).p_value for _ in range(40)]
    )

    for level in (0.05, 0.01, 0.001):
        below = int((p_value < level).sum())
        assert stats.binom.sf(below - 1, p_value.size, 1.5 * level) > 1e-6


def test_without_spread_the_tail_is_nearly_the_binomial_one():
    share = drawn(np.random.default_rng(12_602), 0.0)
    null = PopulationNull(mean=0.0, spread=0.0, n=100_000)

    found = in_population(share, null)

    exact = stats.binom.sf(share.hits - 1, 40, 0.15)
    few = found.p_value < 0.3
    assert few.any()
    assert np.allclose(found.p_value[few], exact[few])


def test_what_is_known_of_a_labeler_is_no_surprise():
    share = Share(hits=np.full(60, 6.0), n=np.full(60, 40.0), expected=np.full(60, 6.0))
    high = Share(hits=np.append(share.hits[:-1], 24.0), n=share.n, expected=share.expected)
    known = np.where(EVERYBODY & (np.arange(60) == 59), 2.2, 0.0)

    alone = share_population(high, EVERYBODY)
    beside = share_population(high, EVERYBODY, Level(log_odds=known, error=np.full(60, 0.2)))

    assert alone.p_value[59] < 1e-6
    assert beside.p_value[59] > 0.05
    assert beside.usual[59] > 0.5 > alone.usual[59]


def test_few_labelers_are_no_population():
    few = drawn(np.random.default_rng(1), 0.1, size=6)

    assert isinstance(share_population(few, np.ones(6, dtype=bool)), Undefined)


def test_spreads_looked_at_together_are_nearer_the_truth():
    rng = np.random.default_rng(12_603)
    error = np.full(60, 0.6)
    effects = [(rng.normal(0, np.hypot(0.2, 0.6), 60), error) for _ in range(25)]
    nulls = [fit_null(*effect, EVERYBODY) for effect in effects]

    together = shared_spread(effects, nulls)

    alone = np.array([null.spread for null in nulls])
    assert np.abs(together - 0.2).mean() < 0.7 * np.abs(alone - 0.2).mean()


def test_a_spread_unlike_the_others_stays_unlike():
    rng = np.random.default_rng(12_604)
    error = np.full(200, 0.3)
    spreads = [0.0] * 20 + [1.5]
    effects = [(rng.normal(0, np.hypot(s, 0.3), 200), error) for s in spreads]
    nulls = [fit_null(*effect, np.ones(200, dtype=bool)) for effect in effects]

    together = shared_spread(effects, nulls)

    assert together[-1] > 1.2
    assert together[:-1].max() < 0.3
