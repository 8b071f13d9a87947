"""Samples by a posterior: unbiased, with intervals that hold the truth as often as they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from labeltrust.domain.estimates import Estimate, Undefined
from labeltrust.metrics.weighted_estimates import (
    WeightedAnswers,
    part_error_rate,
    weighted_error_rate,
    weighted_standard_error,
)
from labeltrust.policy.audit_sampling import Strata
from labeltrust.policy.audit_weighting import chances, expected_margin, weighted_draw

REJECT = 1e-6
# Items that are disputed, agreed on, alone; how often the label is wrong; what the posterior says.
SIZES, BELIEFS = (300, 600, 100), (0.6, 0.02, 0.2)
CROWDS = {
    "as believed": BELIEFS,
    "framed": (0.05, 0.02, 0.1),
    "collusion": (0.3, 0.3, 0.0),
    "rare": (0.03, 0.01, 0.02),
    "perfect": (0.0, 0.0, 0.0),
    "hopeless": (1.0, 0.9, 1.0),
}


def a_crowd(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return kind, whether the label is wrong, and what a noisy posterior makes of it."""
    rng = np.random.default_rng(3)
    kind = np.repeat(np.arange(3), SIZES)
    wrong = rng.random(kind.size) < np.array(CROWDS[name])[kind]
    odds = stats.logistic.ppf(np.array(BELIEFS))[kind] + rng.normal(size=kind.size) + wrong
    return kind, wrong, stats.logistic.cdf(odds)


def whole(n: int) -> Strata:
    return Strata(
        of_item=np.zeros(n, dtype=int), kind=np.array([0]), label=(None,), population=np.array([n])
    )


def drawings(name: str, size: int, runs: int, share: float = 1.0):
    kind, wrong, doubt = a_crowd(name)
    chance, strata, rng = chances(doubt, size), whole(doubt.size), np.random.default_rng(size)
    for _ in range(runs):
        sample = weighted_draw(chance, strata, rng)
        row = sample.row[: int(share * size)]
        answers = WeightedAnswers(probability=chance[row], wrong=wrong[row], drawn=size)
        yield answers, kind[row], wrong.mean()


@given(
    doubt=st.lists(st.floats(0, 1), min_size=1, max_size=60),
    size=st.integers(1, 70),
    seed=st.integers(0, 9),
)
def test_a_sample_has_its_size_no_item_twice_and_no_item_without_a_chance(doubt, size, seed):
    chance = chances(np.array(doubt), size)
    sample = weighted_draw(chance, whole(len(doubt)), np.random.default_rng(seed))

    assert chance.sum() == pytest.approx(min(size, len(doubt)))
    assert (chance > 0).all()
    assert (chance <= 1).all()
    assert (chance >= min(1, size / len(doubt)) / 2 - 1e-9).all()
    assert np.unique(sample.row).size == sample.row.size == min(size, len(doubt))


def test_every_item_is_drawn_as_often_as_its_chance_says():
    doubt = np.random.default_rng(1).random(80) ** 3
    chance, rng, runs = chances(doubt, 25), np.random.default_rng(2), 4_000

    strata = whole(80)
    drawn = [weighted_draw(chance, strata, rng).row for _ in range(runs)]
    hits = np.bincount(np.concatenate(drawn), minlength=80)

    least = 2 * np.minimum(
        stats.binom.cdf(hits, runs, chance), stats.binom.sf(hits - 1, runs, chance)
    )
    assert least.min() > REJECT / 80


@pytest.mark.parametrize("name", ["as believed", "framed", "collusion"])
@pytest.mark.parametrize("share", [1.0, 0.6])
def test_the_estimate_is_unbiased_even_before_all_have_answered(name, share):
    found = [
        (float((a.wrong / a.chance).sum()) / 1_000, weighted_error_rate(a, 1_000).value, truth)
        for a, _, truth in drawings(name, 60, 1_500, share)
    ]
    by_hand, told, truth = np.array(found).T

    assert told == pytest.approx(np.minimum(by_hand, 1.0))
    off = abs(by_hand.mean() - truth[0])
    assert 2 * stats.norm.sf(off / (by_hand.std() / np.sqrt(by_hand.size))) > REJECT


@pytest.mark.parametrize("name", CROWDS)
@pytest.mark.parametrize("size", [25, 60])
def test_the_interval_holds_the_truth_at_least_as_often_as_it_says(name, size):
    runs, held = 600, 0

    for answers, _, truth in drawings(name, size, runs):
        rate = weighted_error_rate(answers, 1_000)
        held += rate.low <= truth <= rate.high

    assert stats.binom.cdf(held, runs, 0.95) > REJECT, f"{held} of {runs}"


@pytest.mark.parametrize("name", CROWDS)
def test_the_interval_of_the_disputed_items_holds_their_rate(name):
    kind, wrong, _ = a_crowd(name)
    runs, held, truth = 600, 0, wrong[kind == 0].mean()

    for answers, kinds, _ in drawings(name, 60, runs):
        rate = part_error_rate(answers, kinds == 0)
        held += rate.low <= truth <= rate.high

    assert stats.binom.cdf(held, runs, 0.95) > REJECT, f"{held} of {runs}"


def test_the_standard_error_is_what_repeated_draws_scatter_by():
    found = [
        (weighted_error_rate(a, 1_000).value, weighted_standard_error(a, 1_000))
        for a, _, _ in drawings("as believed", 200, 800)
    ]
    value, error = np.array(found).T

    assert np.sqrt((error**2).mean()) == pytest.approx(value.std(), rel=0.12)


def test_a_right_posterior_promises_the_scatter_that_comes():
    doubt = np.random.default_rng(4).beta(0.3, 1.5, 1_000)
    chance, rng, off = chances(doubt, 60), np.random.default_rng(5), []
    for _ in range(1_500):
        wrong = rng.random(1_000) < doubt
        row = weighted_draw(chance, whole(1_000), rng).row
        off.append((wrong[row] / chance[row]).sum() / 1_000 - wrong.mean())

    assert expected_margin(chance, doubt) == pytest.approx(1.96 * np.std(off), rel=0.12)


def test_a_census_leaves_no_doubt_and_nothing_asked_is_unknown():
    census = WeightedAnswers(probability=np.ones(50), wrong=np.arange(50) < 5, drawn=50)
    none = WeightedAnswers(probability=np.ones(0), wrong=np.ones(0, dtype=bool), drawn=50)

    assert weighted_error_rate(census, 50) == Estimate(value=0.1, low=0.1, high=0.1, n=50)
    assert isinstance(weighted_error_rate(none, 50), Undefined)
    assert isinstance(part_error_rate(census, np.zeros(50, dtype=bool)), Undefined)
