"""Measures of rankings and rates beside scikit-learn and statsmodels."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, roc_auc_score
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from labeltrust.counts import block
from labeltrust.domain.estimates import Undefined
from labeltrust.redteam.measures import (
    area_under_curve,
    false_discoveries,
    found_at_cut,
    mean,
    power_of,
    share,
    upper_bound,
)
from labeltrust.redteam.methods import kappa_to_majority, majority_label


@pytest.mark.parametrize("seed", range(5))
def test_the_area_under_the_curve_is_that_of_scikit_learn_with_ties(seed):
    rng = np.random.default_rng(seed)
    score = rng.integers(0, 5, 60).astype(float)
    planted = rng.random(60) < 0.2
    planted[:2] = True, False

    found = area_under_curve(score, planted)

    assert found == pytest.approx(roc_auc_score(planted, score), abs=1e-12)


def test_who_has_no_score_is_the_least_suspect():
    planted = np.array([True, False, False])

    assert area_under_curve(np.array([np.nan, -5.0, -9.0]), planted) == 0.0
    assert area_under_curve(np.array([np.nan, np.nan, np.nan]), planted) == 0.5


def test_a_crowd_without_attackers_has_no_area():
    assert area_under_curve(np.zeros(3), np.zeros(3, dtype=bool)) is None
    assert found_at_cut(np.zeros(3), np.zeros(3, dtype=bool)) is None


def test_ties_at_the_cut_share_its_places():
    score = np.array([2.0, 1.0, 1.0, 1.0])
    planted = np.array([True, True, False, False])

    assert found_at_cut(score, planted) == pytest.approx((1 + 1 / 3) / 2)


def test_nobody_flagged_is_no_false_discovery():
    nobody = np.zeros(4, dtype=bool)

    assert false_discoveries(nobody, ~nobody) == 0.0


@pytest.mark.parametrize(("k", "n"), [(0, 40), (3, 40), (40, 40)])
def test_the_interval_of_a_share_is_that_of_statsmodels(k, n):
    found = share(k, n)

    low, high = proportion_confint(k, n, method="beta")
    assert found.low == pytest.approx(0.0 if k == 0 else low)
    assert found.high == pytest.approx(1.0 if k == n else high)


def test_the_upper_bound_is_the_share_that_would_show_so_few_in_one_run_of_twenty():
    bound = upper_bound(0, 1000)

    assert (1 - bound) ** 1000 == pytest.approx(0.05)


def test_the_interval_of_a_mean_is_that_of_statsmodels():
    values = [0.4, 0.5, 0.45, 0.7]

    found = mean(values)

    assert (found.low, found.high) == pytest.approx(DescrStatsW(values).tconfint_mean())


def test_one_run_says_nothing_of_the_spread():
    assert (mean([0.5]).low, mean([0.5]).high) == (0.0, 1.0)
    assert isinstance(mean([]), Undefined)


def test_the_oracle_flags_the_largest_set_within_the_rate():
    local = np.array([0.01, 0.02, 0.11, 0.2, 0.9])
    planted = np.array([True, True, True, True, False])

    # means of the first two, three and four: 0.015, 0.047, 0.085
    assert power_of(local, planted, rate=0.05) == 0.75


def test_kappa_to_the_majority_is_that_of_scikit_learn():
    rng = np.random.default_rng(3)
    item, labeler = np.repeat(np.arange(80), 5), np.tile(np.arange(5), 80)
    label = rng.integers(0, 3, 400)
    b = block(item, labeler, label, n_labelers=5, values=np.arange(3))

    found = kappa_to_majority(b)

    said = majority_label(b)[b.item]
    for one in range(5):
        mine = b.labeler == one
        assert 1 - found[one] == pytest.approx(cohen_kappa_score(b.label[mine], said[mine]))
