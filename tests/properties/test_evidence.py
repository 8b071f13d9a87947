"""Laws of the evidence: what honest exchangeable labelers can never do often."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from labeltrust.inference.blocks import Blocks
from labeltrust.inference.e_process import onset_e_process
from labeltrust.inference.e_values import e_bh
from labeltrust.inference.restarts import restarted_binomial

unit = st.floats(0.02, 0.98)
weights = st.lists(st.floats(0.01, 1.0), min_size=3, max_size=3)


def shares(values):
    return np.array(values) / sum(values)


@given(st.lists(unit, min_size=3, max_size=3), weights, weights, st.integers(1, 7))
@settings(deadline=None)
def test_no_honest_population_expects_more_than_one(chances, honest, bad, n):
    chance, below, above = np.array(chances), shares(honest), shares(bad)
    paths = np.array(np.meshgrid(*[[0, 1]] * n)).reshape(n, -1).T
    curve = np.log(np.where(paths[:, :, None], chance, 1 - chance)).reshape(-1, 3)
    labeler = np.repeat(np.arange(len(paths)), n)
    blocks = Blocks(
        curve=curve, labeler=labeler, first_row=np.arange(labeler.size), n_labelers=len(paths)
    )

    e_value = np.exp(onset_e_process(blocks, below, above).log_e)
    probability = np.exp(curve.reshape(-1, n, 3).sum(axis=1)) @ below

    assert np.isclose(probability.sum(), 1)
    assert probability @ e_value <= 1 + 1e-9


@given(st.integers(0, 40), st.integers(0, 40), st.floats(0.1, 0.9))
@settings(deadline=None)
def test_a_right_answer_never_speaks_against_a_labeler(right, wrong, floor):
    outcomes = np.array([1.0] * right + [0.0] * wrong)

    def log_e(answers):
        labeler = np.zeros(answers.size, dtype=np.int64)
        found, _ = restarted_binomial(labeler, answers, floor, n_labelers=1, block=4)
        return float(found[0])

    if wrong:
        changed = outcomes.copy()
        changed[-1] = 1.0
        assert log_e(changed) <= log_e(outcomes) + 1e-9


@given(st.lists(st.floats(-5, 40), min_size=1, max_size=30), st.floats(0.001, 0.2))
def test_who_says_more_is_rejected_if_who_says_less_is(values, rate):
    log_e = np.array(values)

    rejected = e_bh(log_e, rate)

    if rejected.any():
        assert rejected[log_e >= log_e[rejected].min()].all()
    assert e_bh(log_e + 1, rate).sum() >= rejected.sum()


@given(st.permutations(list(range(6))), st.floats(0.001, 0.2))
def test_e_bh_does_not_look_at_names(order, rate):
    log_e = np.array([30.0, 11.0, 7.0, 2.0, 0.0, np.nan])

    assert np.array_equal(e_bh(log_e[order], rate), e_bh(log_e, rate)[order])


def test_an_honest_labeler_looked_at_after_every_answer_is_frozen_at_most_as_often_as_stated():
    rng = np.random.default_rng(1)
    runs, n, alpha = 1000, 120, 0.05
    honest, bad = np.array([0.6, 0.4, 0.0]), np.array([0.0, 0.0, 1.0])
    chance = np.array([0.1, 0.25, 0.6])
    own = chance[rng.choice(3, runs, p=honest)]
    hits = rng.random((runs, n)) < own[:, None]
    ever = np.zeros(runs, dtype=bool)
    for seen in range(8, n + 1, 8):
        curve = np.log(np.where(hits[:, :seen, None], chance, 1 - chance))
        blocks = Blocks(
            curve=curve.reshape(runs, -1, 8, 3).sum(axis=2).reshape(-1, 3),
            labeler=np.repeat(np.arange(runs), seen // 8),
            first_row=np.arange(runs * (seen // 8)),
            n_labelers=runs,
        )
        ever |= onset_e_process(blocks, honest, bad).log_e >= -np.log(alpha)

    assert ever.sum() <= stats.binom.ppf(1 - 1e-6, runs, alpha)
