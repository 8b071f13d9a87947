"""Alarms about models: how often they are false, however often one looks, and that they come."""

import numpy as np
import pytest
from scipy import stats

from labeltrust.policy.model_watch import RATE, divergence_alarm, drop_alarm, new_losses

_LOOKS = 40


def ever(alarms) -> bool:
    """Whether any look raises an alarm."""
    return any(alarms)


@pytest.mark.parametrize("differing", [0.02, 0.2])
def test_a_version_that_is_no_worse_is_told_of_no_more_often_than_stated(differing):
    """Equally good versions, looked at 40 times while gold grows to 2,000 items."""
    rng, runs, step = np.random.default_rng(11), 1_000, 50
    half = differing / 2
    cells = rng.multinomial(step, [half, half, 1 - differing], size=(runs, _LOOKS)).cumsum(axis=1)
    false = sum(
        ever(
            drop_alarm(step * (k + 1), int(lost), int(gained)).on
            for k, (lost, gained, _) in enumerate(run)
        )
        for run in cells
    )

    assert stats.binom.sf(false - 1, runs, RATE) > 1e-6


def test_a_shadow_at_the_target_is_told_of_no_more_often_than_stated():
    """Disagreement of exactly 0.5 %, looked at 40 times while items grow to 20,000."""
    rng, runs, step = np.random.default_rng(12), 1_000, 500
    parted = rng.binomial(step, 0.005, size=(runs, _LOOKS)).cumsum(axis=1)
    false = sum(
        ever(divergence_alarm(step * (k + 1), int(n)).on for k, n in enumerate(run))
        for run in parted
    )

    assert stats.binom.sf(false - 1, runs, RATE) > 1e-6


def test_a_fall_of_five_points_is_told_of_within_a_thousand_gold_items():
    rng, runs = np.random.default_rng(13), 300
    cells = rng.multinomial(1_000, [0.06, 0.01, 0.93], size=runs)
    told = sum(drop_alarm(1_000, int(lost), int(gained)).on for lost, gained, _ in cells)

    assert stats.binom.cdf(told, runs, 0.99) > 1e-6


def test_a_shadow_at_two_in_a_hundred_is_told_of_within_two_thousand_items():
    rng, runs = np.random.default_rng(14), 300
    told = sum(divergence_alarm(2_000, int(n)).on for n in rng.binomial(2_000, 0.02, size=runs))

    assert stats.binom.cdf(told, runs, 0.95) > 1e-6


def test_a_sure_loss_that_is_too_small_to_matter_is_no_alarm():
    assert not drop_alarm(100_000, 120, 20).on


def test_an_alarm_rests_until_little_speaks_for_it():
    one = divergence_alarm(4_000, 41)

    assert not one.on
    assert divergence_alarm(4_000, 41, before=True).on
    assert not divergence_alarm(40_000, 41, before=True).on


def test_each_lost_item_is_news_once():
    assert new_losses([1, 2, 3], [2, 3, 9]) == 1
