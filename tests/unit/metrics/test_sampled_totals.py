"""Totals out of stratified samples: unbiased, and intervals that hold on skew populations."""

import numpy as np
import pytest
from scipy import stats

from labeltrust.domain.estimates import Estimate, Undefined
from labeltrust.metrics.audit_estimates import AuditedStrata, melded_interval
from labeltrust.metrics.sampled_totals import (
    hits,
    recovered_interval,
    sampled_ratio,
    sampled_total,
)

POPULATION = np.array([40, 200, 120, 60, 300, 90])
DRAWN = np.array([15, 10, 12, 15, 6, 8])
RATES = np.array([0.5, 0.02, 0.1, 0.6, 0.01, 0.05])
RUNS = 600


def draws(rng):
    """Draw samples of a fixed population; yields its strata and how many hits it has."""
    true = np.rint(POPULATION * RATES).astype(int)
    for _ in range(RUNS):
        wrong = rng.hypergeometric(true, POPULATION - true, DRAWN)
        yield AuditedStrata(population=POPULATION, audited=DRAWN, wrong=wrong), int(true.sum())


def test_a_total_is_unbiased_and_its_interval_covers():
    found = [(sampled_total(strata), true) for strata, true in draws(np.random.default_rng(7))]

    error = np.array([estimate.value - true for estimate, true in found])
    covered = sum(estimate.low <= true <= estimate.high for estimate, true in found)
    assert abs(error.mean()) < 5 * error.std() / np.sqrt(RUNS)
    assert stats.binom.cdf(covered, RUNS, 0.95) > 1e-6


def test_over_many_strata_it_is_far_shorter_than_the_melded_interval():
    one, _ = next(draws(np.random.default_rng(8)))
    strata = AuditedStrata(
        population=np.tile(one.population, 5), audited=np.tile(one.audited, 5),
        wrong=np.tile(one.wrong, 5),
    )  # fmt: skip

    low, high = recovered_interval(strata)
    least, most = melded_interval(strata)

    assert high - low < 0.6 * (most - least)


def test_a_full_count_leaves_no_doubt():
    strata = AuditedStrata(population=POPULATION, audited=POPULATION, wrong=np.arange(6))

    assert sampled_total(strata) == Estimate(value=15, low=15, high=15, n=810)


def test_one_stratum_is_the_exact_interval_or_wider():
    one = AuditedStrata(population=np.array([500]), audited=np.array([50]), wrong=np.array([2]))

    low, high = recovered_interval(one)
    least, most = melded_interval(one)

    assert low <= least + 1e-9
    assert high >= most - 1e-9


def test_nothing_audited_is_undefined():
    empty = np.zeros(6, dtype=int)

    found = sampled_total(AuditedStrata(population=POPULATION, audited=empty, wrong=empty))

    assert isinstance(found, Undefined)


def test_a_look_on_the_way_makes_the_interval_wider():
    strata, _ = next(draws(np.random.default_rng(9)))

    once, often = sampled_total(strata), sampled_total(strata, looked_on=True)

    assert often.low <= once.low
    assert often.high >= once.high


def test_a_ratio_covers_the_mean_of_its_domain():
    rng = np.random.default_rng(10)
    stratum_of_all = np.repeat(np.arange(6), POPULATION)
    value = np.clip(rng.normal(0.2, 0.3, stratum_of_all.size), -1, 1)
    there = rng.random(stratum_of_all.size) < 0.8
    true, covered = value[there].mean(), 0
    plain = AuditedStrata(population=POPULATION, audited=DRAWN, wrong=np.zeros(6, dtype=int))
    for _ in range(RUNS):
        chosen = np.concatenate(
            [
                rng.choice(np.flatnonzero(stratum_of_all == k), n, replace=False)
                for k, n in enumerate(DRAWN)
            ]
        )
        below = there[chosen].astype(float)
        found = sampled_ratio(plain, stratum_of_all[chosen], value[chosen] * below, below)
        covered += found.low <= true <= found.high

    # a ratio of so small a sample is not exact: 93 % of the nominal 95 % are wanted
    assert stats.binom.cdf(covered, RUNS, 0.93) > 1e-6


@pytest.mark.parametrize("n", [0, 9])
def test_a_ratio_of_too_few_items_is_undefined(n):
    strata = AuditedStrata(population=np.array([50]), audited=np.array([20]), wrong=np.array([0]))
    below = (np.arange(20) < n).astype(float)

    found = sampled_ratio(strata, np.zeros(20, dtype=int), below, below)

    assert found == Undefined(reason=f"{n} audited items tell of it, 10 are needed")


def test_hits_are_counted_anew():
    strata = AuditedStrata(population=POPULATION, audited=DRAWN, wrong=DRAWN)

    found = hits(strata, np.array([0, 0, 5]), np.array([True, False, True]))

    assert found.wrong.tolist() == [1, 0, 0, 0, 0, 1]
