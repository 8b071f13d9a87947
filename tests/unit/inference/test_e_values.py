"""Combining e-values."""

import numpy as np
import pytest
from scipy import stats

from labeltrust.inference.e_values import e_bh, mean_log_e, p_of_log_e


def test_the_mean_of_e_values_leaves_undefined_ones_out():
    log_e = np.log(np.array([[8.0, 2.0, np.nan], [2.0, np.nan, np.nan]]))

    found = np.exp(mean_log_e(log_e))

    assert found[:2] == pytest.approx([5.0, 2.0])
    assert np.isnan(found[2])


def test_one_signal_is_enough_whatever_the_others_say():
    assert mean_log_e(np.array([[800.0], [-50.0], [-60.0]]))[0] == pytest.approx(800 - np.log(3))


def test_e_bh_rejects_the_largest_number_that_the_rate_allows():
    log_e = np.log(np.array([45.0, 30.0, 25.0, 1.0]))

    # 4 labelers at rate 0.1: k-th largest must reach 40 / k
    assert e_bh(log_e, 0.1).tolist() == [True, True, True, False]
    assert e_bh(log_e, 0.01).tolist() == [False] * 4


def test_undefined_e_values_are_neither_rejected_nor_counted():
    log_e = np.log(np.array([21.0, np.nan, np.nan, 1.0]))

    assert e_bh(log_e, 0.1).tolist() == [True, False, False, False]
    assert not e_bh(np.array([np.nan, np.nan]), 0.1).any()


def test_e_bh_keeps_its_rate_on_dependent_e_values():
    rng = np.random.default_rng(1)
    runs, false = 4000, 0
    for _ in range(runs):
        common = rng.normal()
        z = 0.9 * common + np.sqrt(1 - 0.81) * rng.normal(size=20)
        false += bool(e_bh(2.0 * z - 2.0, 0.05).any())

    assert false <= stats.binom.ppf(1 - 1e-6, runs, 0.05)


def test_a_p_value_of_an_e_value_is_never_above_one():
    assert p_of_log_e(np.array([-3.0, 0.0, np.log(100)])) == pytest.approx([1.0, 1.0, 0.01])
    assert np.isnan(p_of_log_e(np.array([np.nan]))[0])
