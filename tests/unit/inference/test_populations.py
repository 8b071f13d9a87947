"""The honest population, with bad labelers among those it is learned from."""

import numpy as np
import pytest
from scipy import stats

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.binomial_tail import binomial_tail
from labeltrust.inference.population_mixture import Prior, fit_population
from labeltrust.inference.population_null import PopulationNull, fit_null

GRID = np.linspace(-4, 8, 49)
PRIOR = Prior(
    grid=GRID,
    means=np.linspace(-3, 3, 25),
    spreads=np.array([0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.5]),
    others=(0.5, 5.0),
)


def effects(rng, n=60, bad=0, spread=0.5, error=0.2, at=4.0):
    honest = rng.normal(0.3, np.hypot(spread, error), n - bad)
    return np.concatenate([honest, rng.normal(at, error, bad)]), np.full(n, error)


def everybody(n):
    return np.ones(n, dtype=bool)


@pytest.mark.parametrize("bad", [0, 6, 15])
def test_a_quarter_of_bad_labelers_does_not_move_the_null(bad):
    means, spreads = [], []
    for seed in range(30):
        x, se = effects(np.random.default_rng(seed), bad=bad)
        null = fit_null(x, se, everybody(60))
        means.append(null.mean)
        spreads.append(null.spread)

    assert np.mean(means) == pytest.approx(0.3, abs=0.1)
    assert np.mean(spreads) == pytest.approx(0.5, abs=0.12)


def test_bad_labelers_have_small_p_values_and_honest_ones_uniform_ones():
    below = 0
    for seed in range(40):
        x, se = effects(np.random.default_rng(seed), bad=6)
        p = fit_null(x, se, everybody(60)).p_values(x, se)
        below += int((p[:-6] <= 0.05).sum())
        assert (p[-6:] < 1e-4).all()

    # honest labelers below 0.05 in 40 crowds of 54: fail only where 1e-6 rejects up to 0.065
    assert below <= stats.binom.ppf(1 - 1e-6, 40 * 54, 0.065)


def test_sampling_error_alone_is_no_honest_spread():
    rng = np.random.default_rng(3)
    error = rng.uniform(0.1, 1.0, 400)

    null = fit_null(rng.normal(0, error), error, everybody(400))

    assert null.spread < 0.08


def test_two_sided_p_values_count_both_sides():
    null = PopulationNull(mean=0.0, spread=1.0, n=10_000)
    x, se = np.array([-1.96, 1.96, 0.0]), np.zeros(3)

    assert null.two_sided(x, se) == pytest.approx([0.05, 0.05, 1.0], abs=1e-3)
    assert null.p_values(x, se) == pytest.approx([0.975, 0.025, 0.5], abs=1e-3)


def test_few_labelers_are_no_population():
    x, se = effects(np.random.default_rng(4), n=9)

    assert isinstance(fit_null(x, se, everybody(9)), Undefined)
    assert isinstance(fit_population(np.zeros((9, 49)), everybody(9), PRIOR), Undefined)


def test_labelers_without_an_effect_take_no_part():
    x, se = effects(np.random.default_rng(5))
    x[:20] = np.nan

    null = fit_null(x, se, everybody(60))

    assert null.n <= 40
    assert np.isnan(null.p_values(x, se)[:20]).all()


def curves(rng, n=60, bad=0, information=60.0):
    at = np.concatenate([rng.normal(0.0, 0.4, n - bad), rng.uniform(2.0, 4.0, bad)])
    seen = at + rng.normal(0, information**-0.5, n)
    return -0.5 * information * (GRID - seen[:, None]) ** 2


@pytest.mark.parametrize("bad", [0, 6, 12])
def test_the_mixture_finds_the_honest_spread_and_the_share_of_others(bad):
    fitted = [
        fit_population(curves(np.random.default_rng(s), bad=bad), everybody(60), PRIOR)
        for s in range(20)
    ]

    assert np.mean([f.mean for f in fitted]) == pytest.approx(0.0, abs=0.1)
    assert np.mean([f.spread for f in fitted]) == pytest.approx(0.4, abs=0.12)
    assert np.mean([f.contamination for f in fitted]) == pytest.approx(bad / 60, abs=0.05)
    assert np.mean([f.trusted for f in fitted]) > (0.99 if bad <= 6 else 0.5)


def test_a_crowd_of_two_halves_is_not_trusted():
    fitted = fit_population(curves(np.random.default_rng(6), bad=30), everybody(60), PRIOR)

    assert not fitted.trusted


def test_fewer_labelers_make_heavier_tails():
    many = fit_population(curves(np.random.default_rng(7), n=200), everybody(200), PRIOR)
    few = fit_population(curves(np.random.default_rng(7), n=12), everybody(12), PRIOR)

    far = GRID > 2.5
    assert few.honest[far].sum() > 20 * many.honest[far].sum()
    assert few.honest.sum() == pytest.approx(1.0)


def test_labelers_with_little_to_say_leave_the_population_alone():
    whole = curves(np.random.default_rng(8))
    vague = np.concatenate([whole, np.zeros((500, 49))])

    fitted = fit_population(vague, everybody(560), PRIOR)

    assert fitted.spread == pytest.approx(
        fit_population(whole, everybody(60), PRIOR).spread, abs=0.02
    )


def test_the_tail_of_a_population_is_the_mixture_of_binomial_tails():
    honest = np.array([0.5, 0.5])
    chance = np.array([[0.1, 0.3], [0.1, 0.3], [0.1, 0.3]])

    p = binomial_tail(np.array([0.0, 4.0, 0.0]), np.array([10.0, 10.0, 0.0]), chance, honest)

    expected = 0.5 * stats.binom.sf(3, 10, 0.1) + 0.5 * stats.binom.sf(3, 10, 0.3)
    assert p == pytest.approx([1.0, expected, 1.0])
