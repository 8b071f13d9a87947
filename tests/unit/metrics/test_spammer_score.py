"""How much labels depend on the item."""

import numpy as np
import pytest

from labeltrust.metrics.spammer_score import dependence, spammer_score


def tables(labelers, rng, chance, n=200):
    """Draw tables of labels by class: each class as often, labels by its chances."""
    return np.array(
        [[rng.multinomial(n, row) for row in np.array(chance)] for _ in range(labelers)]
    ).astype(float)


def test_a_coin_and_a_constant_score_nothing_and_the_expert_nearly_one():
    rng = np.random.default_rng(1)
    coin = tables(50, rng, [[0.5, 0.5], [0.5, 0.5]])
    constant = tables(50, rng, [[1.0, 0.0], [1.0, 0.0]])
    expert = tables(50, rng, [[0.99, 0.01], [0.01, 0.99]])

    means = [np.mean([e.value for e in spammer_score(t)]) for t in (coin, constant, expert)]

    assert means[0] < 0.01
    assert means[1] == pytest.approx(0.0, abs=0.001)
    assert means[2] > 0.9


def test_who_inverts_every_label_depends_on_the_item_too():
    inverted = np.array([[[0.0, 50.0], [50.0, 0.0]]])

    assert spammer_score(inverted)[0].value > 0.9


def test_the_interval_holds_the_true_score():
    rng = np.random.default_rng(2)
    chance = np.array([[0.8, 0.2], [0.3, 0.7]])
    true = ((chance[0] - chance[1]) ** 2).sum() / 2
    found = spammer_score(tables(400, rng, chance))

    covered = ((found.low <= true) & (true <= found.high)).sum()

    # 400 at a coverage of 0.93: fewer than 346 would be rejected at 1e-6
    assert covered >= 346


def test_one_class_alone_says_nothing():
    only = np.array([[[9.0, 1.0], [0.0, 0.0]]])

    assert "two classes" in spammer_score(only)[0].reason
    assert np.isnan(dependence(only)[1][0])


def test_independent_labels_are_rarely_called_dependent():
    found = dependence(tables(2000, np.random.default_rng(3), [[0.6, 0.4], [0.6, 0.4]]))[1]

    # 20 expected below 0.01; more than 48 would be rejected at 1e-6
    assert (found < 0.01).sum() <= 48
