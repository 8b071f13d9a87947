"""The closed mixture against 'right at least p0 of the time', and its restarts."""

from itertools import product

import numpy as np
import pytest
from scipy import integrate

from labeltrust.inference.binomial_mixture import binomial_mixture
from labeltrust.inference.e_process import log_onset_prior
from labeltrust.inference.restarts import NOWHERE, restarted_binomial


def log_e(right, n, floor=0.6):
    return float(binomial_mixture(np.array(float(right)), np.array(float(n)), floor))


@pytest.mark.parametrize(("right", "n", "floor"), [(2, 10, 0.6), (0, 5, 0.3), (30, 40, 0.8)])
def test_the_closed_form_is_the_integral_of_likelihood_ratios(right, n, floor):
    def ratio(p):
        return (p / floor) ** right * ((1 - p) / (1 - floor)) ** (n - right) / floor

    whole, _ = integrate.quad(ratio, 0, floor)

    assert log_e(right, n, floor) == pytest.approx(np.log(whole), abs=1e-8)


@pytest.mark.parametrize("accuracy", [0.6, 0.75, 0.9])
def test_the_expectation_is_at_most_one_at_the_floor_and_above(accuracy):
    paths = product([0, 1], repeat=8)

    mean = sum(
        accuracy ** sum(p) * (1 - accuracy) ** (8 - sum(p)) * np.exp(log_e(sum(p), 8))
        for p in paths
    )

    assert mean == pytest.approx(1.0) if accuracy == 0.6 else mean < 1


def test_looking_after_every_answer_crosses_no_more_often_than_stated():
    def ever(path, threshold):
        return any(log_e(sum(path[:k]), k) >= np.log(threshold) for k in range(1, len(path) + 1))

    crossed = sum(
        0.6 ** sum(p) * 0.4 ** (12 - sum(p)) for p in product([0, 1], repeat=12) if ever(p, 10)
    )

    assert 0 < crossed <= 0.1


def test_who_misses_gold_is_found_and_who_does_not_is_not():
    assert log_e(10, 40) > np.log(1000)
    assert log_e(32, 40) < 0


def restarted(outcomes, block=4):
    labeler = np.zeros(len(outcomes), dtype=np.int64)
    found, start = restarted_binomial(
        labeler, np.array(outcomes, dtype=float), 0.6, n_labelers=1, block=block
    )
    return float(found[0]), int(start[0])


def test_restarts_are_the_mixture_of_the_parts():
    outcomes = [1, 1, 1, 0, 1, 0, 0, 0, 0, 0]
    parts = [log_e(sum(outcomes[k:]), len(outcomes) - k) for k in (0, 4, 8)]

    expected = np.logaddexp.reduce(np.array(parts) + log_onset_prior(np.arange(3)))

    assert restarted(outcomes)[0] == pytest.approx(expected)


def test_a_labeler_who_turned_is_found_where_he_turned():
    found, start = restarted([1] * 40 + [0] * 16)

    assert found > np.log(1000)
    assert start == 40


def test_a_labeler_who_was_always_bad_has_no_turn_and_nobody_without_answers_is_bad():
    assert restarted([0] * 12)[1] == NOWHERE
    assert restarted([]) == (0.0, NOWHERE)


def test_restarting_still_expects_at_most_one():
    paths = list(product([0, 1], repeat=9))

    mean = sum(0.6 ** sum(p) * 0.4 ** (9 - sum(p)) * np.exp(restarted(p, 3)[0]) for p in paths)

    assert 0 < mean <= 1
