"""Error rates of audits: unbiased, and their intervals hold the truth as often as they say."""

import numpy as np
import pytest
from scipy import stats

from labeltrust.domain.audits import AuditPlan
from labeltrust.domain.estimates import Estimate, Undefined
from labeltrust.metrics.audit_estimates import (
    AuditedStrata,
    always_valid_bounds,
    always_valid_interval,
    error_rate,
    melded_interval,
    standard_error,
)
from labeltrust.policy.audit_sampling import Candidates, Strata, allocation, draw, strata_of

REJECT = 1e-6
"""A right method fails a test of coverage once in a million runs."""
# Items by kind, and how often the label is wrong in each.
CROWDS = {
    "honest": ((200, 700, 100), (0.35, 0.01, 0.1)),
    "bad": ((500, 400, 100), (0.75, 0.10, 0.4)),
    "framed": ((300, 600, 100), (0.05, 0.02, 0.1)),
    "collusion": ((100, 900, 0), (0.3, 0.30, 0.0)),
    "perfect": ((50, 400, 50), (0.0, 0.0, 0.0)),
    "small": ((12, 30, 8), (0.5, 0.1, 0.25)),
    "hopeless": ((80, 60, 60), (1.0, 0.9, 1.0)),
}


def a_crowd(name: str, seed: int = 3) -> tuple[Strata, np.ndarray]:
    sizes, rates = CROWDS[name]
    kind = np.repeat(np.arange(3), sizes)
    pool = Candidates(item=np.arange(kind.size), label=np.zeros(kind.size, dtype=int), kind=kind)
    wrong = np.random.default_rng(seed).random(kind.size) < np.array(rates)[kind]
    return strata_of(pool, ["a"], by_class=False), wrong


def audited(strata: Strata, wrong: np.ndarray, drawn: np.ndarray, rng) -> AuditedStrata:
    sample = draw(strata, drawn, rng)
    found = np.bincount(sample.stratum[wrong[sample.row]], minlength=drawn.size)
    return AuditedStrata(population=strata.population, audited=drawn, wrong=found)


@pytest.mark.parametrize("name", CROWDS)
@pytest.mark.parametrize("size", [25, 60])
def test_the_estimate_is_unbiased_for_the_usual_mixture(name, size):
    strata, wrong = a_crowd(name)
    drawn = allocation(strata, AuditPlan(), size)
    rng, runs = np.random.default_rng(size), 3_000

    shares = audited_shares(strata, wrong, drawn, rng, runs)
    found = shares @ (strata.population / strata.population.sum())

    off = abs(found.mean() - wrong.mean())
    assert off <= 5.5 * found.std() / np.sqrt(runs) + 1e-9


def audited_shares(strata, wrong, drawn, rng, runs) -> np.ndarray:
    true = np.bincount(strata.of_item[wrong], minlength=drawn.size)
    right = strata.population - true
    return np.stack([rng.hypergeometric(true, right, drawn) / drawn for _ in range(runs)])


def test_the_weights_of_the_estimate_are_the_inverse_probabilities():
    strata, wrong = a_crowd("bad")
    drawn = allocation(strata, AuditPlan(), 60)
    sample = draw(strata, drawn, np.random.default_rng(1))
    by_hand = (wrong[sample.row] / sample.probability).sum() / wrong.size
    found = np.bincount(sample.stratum[wrong[sample.row]], minlength=3)

    rate = error_rate(AuditedStrata(population=strata.population, audited=drawn, wrong=found))

    assert rate.value == pytest.approx(by_hand, abs=1e-12)


def test_the_standard_error_is_what_repeated_draws_scatter_by():
    strata, wrong = a_crowd("bad")
    drawn = allocation(strata, AuditPlan(), 100)
    rng = np.random.default_rng(2)

    drawings = [audited(strata, wrong, drawn, rng) for _ in range(1_500)]
    scatter = np.std([error_rate(d, (0.0, 1.0)).value for d in drawings])
    stated = np.sqrt(np.mean([standard_error(d) ** 2 for d in drawings]))

    assert stated == pytest.approx(scatter, rel=0.1)


@pytest.mark.parametrize("name", CROWDS)
@pytest.mark.parametrize("size", [25, 60])
def test_the_interval_holds_the_truth_at_least_as_often_as_it_says(name, size):
    strata, wrong = a_crowd(name)
    drawn = allocation(strata, AuditPlan(), min(size, wrong.size))
    rng, runs, held = np.random.default_rng(size), 400, 0
    known: dict[tuple[int, ...], tuple[float, float]] = {}

    for _ in range(runs):
        found = audited(strata, wrong, drawn, rng)
        key = tuple(found.wrong.tolist())
        if key not in known:
            known[key] = melded_interval(found)
        low, high = known[key]
        held += low <= wrong.mean() + 1e-12 and wrong.mean() <= high + 1e-12

    assert stats.binom.cdf(held, runs, 0.95) > REJECT, f"{held} of {runs}"


def test_one_stratum_has_the_exact_interval_of_a_finite_population():
    found = AuditedStrata(population=np.array([200]), audited=np.array([40]), wrong=np.array([7]))
    errors = np.arange(201)
    at_most = stats.hypergeom.cdf(7, 200, errors, 40)
    at_least = stats.hypergeom.sf(6, 200, errors, 40)

    low, high = melded_interval(found)

    assert high == errors[at_most > 0.025].max() / 200
    assert low == errors[at_least > 0.025].min() / 200


def test_a_large_population_is_rounded_to_the_wide_side():
    small = AuditedStrata(population=np.array([4_000]), audited=np.array([30]), wrong=np.array([6]))
    large = AuditedStrata(
        population=np.array([4_000_001]), audited=np.array([30]), wrong=np.array([6])
    )
    exact = stats.beta.ppf([0.025, 0.975], [6, 7], [25, 24])

    low, high = melded_interval(large)

    assert low <= exact[0] <= low + 0.001
    assert high - 0.001 <= exact[1] <= high
    assert melded_interval(small) == pytest.approx(tuple(exact), abs=0.005)


def test_no_error_in_few_of_many_items_is_not_taken_for_none():
    found = AuditedStrata(
        population=np.array([100, 10_000]), audited=np.array([30, 5]), wrong=np.array([15, 0])
    )

    rate = error_rate(found)

    assert rate.high > 0.4
    assert rate.low > 0.002


def test_a_part_without_verdicts_leaves_the_rate_undefined_and_says_so():
    none = AuditedStrata(population=np.array([5]), audited=np.array([0]), wrong=np.array([0]))
    some = AuditedStrata(
        population=np.array([5, 5]), audited=np.array([3, 0]), wrong=np.array([1, 0])
    )

    assert error_rate(none) == Undefined(reason="nothing was audited yet")
    assert "1 parts" in error_rate(some).reason


def test_a_census_leaves_no_doubt():
    whole = AuditedStrata(
        population=np.array([20, 30]), audited=np.array([20, 30]), wrong=np.array([4, 1])
    )

    assert error_rate(whole) == Estimate(value=0.1, low=0.1, high=0.1, n=50)
    assert standard_error(whole) == 0.0
    assert always_valid_interval(whole) == pytest.approx((0.1, 0.1))


@pytest.mark.parametrize(("population", "errors"), [(60, 6), (300, 150), (300, 3), (2_000, 400)])
def test_looking_after_every_verdict_still_errs_no_more_often_than_stated(population, errors):
    rng, runs, missed = np.random.default_rng(population + errors), 300, 0
    truth = errors / population
    known: dict[tuple[int, int], tuple[float, float]] = {}

    for _ in range(runs):
        wrong = rng.permutation(population) < errors
        seen = np.cumsum(wrong[:120])
        for n, x in enumerate(seen.tolist(), start=1):
            if (n, x) not in known:
                known[n, x] = always_valid_bounds(population, n, x)
            low, high = known[n, x]
            if not low - 1e-12 <= truth <= high + 1e-12:
                missed += 1
                break

    assert stats.binom.sf(missed - 1, runs, 0.05) > REJECT, f"{missed} of {runs}"
