"""Exchangeability sums against plain loops."""

import numpy as np
import pytest
from blocks import N_LABELERS, drawn
from slow_counts import exchange as slowly

from labeltrust.counts import block, exchange

KIND = {"nominal": "equal", "ordinal": "linear", "interval": "linear", "ratio": "linear"}


@pytest.mark.parametrize("level", KIND)
@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_the_sums_are_those_of_plain_loops(level, repeats, seed):
    b = drawn(np.random.default_rng(seed), 60, level, repeats=repeats).block()

    found, terms = exchange.count(b), slowly(b, KIND[level])

    for a in range(N_LABELERS):
        f, mean, variance = (np.array(x) for x in zip(*terms[a], strict=True))
        assert found.score[a] == pytest.approx((f - mean).sum(), abs=1e-9)
        assert found.expected[a] == pytest.approx(mean.sum(), abs=1e-9)
        assert found.variance[a] == pytest.approx(variance.sum(), abs=1e-9)
        assert found.squares[a] == pytest.approx(((f - mean) ** 2).sum(), abs=1e-9)
        assert found.items[a] == f.size
        assert found.informative[a] == (variance > 1e-12).sum()


def test_the_scores_of_an_item_sum_to_zero():
    b = drawn(np.random.default_rng(9), 60, "interval").block()

    assert exchange.count(b).score.sum() == pytest.approx(0, abs=1e-9)


def test_a_unanimous_item_says_nothing():
    b = block([1] * 4, range(4), [2] * 4, n_labelers=4, values=[0.1, 0.3, 0.7], level="interval")

    found = exchange.count(b)

    assert found.informative.tolist() == [0] * 4
    assert found.variance.tolist() == [0.0] * 4


def test_an_item_split_in_halves_says_nothing():
    b = block([1] * 4, range(4), [0, 0, 1, 1], n_labelers=4, values=[0, 1])

    assert exchange.count(b).informative.tolist() == [0] * 4


def test_the_variance_is_that_of_a_label_drawn_from_the_item():
    """A labeler who is exchangeable by construction: labels of every item shuffled among seats."""
    rng = np.random.default_rng(3)
    labels = np.where(rng.random((4000, 5)) < 0.7, 0, rng.integers(0, 3, (4000, 5)))
    shuffled = rng.permuted(labels, axis=1).ravel()
    b = block(
        np.repeat(range(4000), 5), np.tile(range(5), 4000), shuffled, n_labelers=5, values=range(3)
    )

    found = exchange.count(b)
    z = found.score / np.sqrt(found.variance)

    assert np.abs(z).max() < 5.1  # five normal numbers: beyond this one time in a million
    assert found.squares == pytest.approx(found.variance, rel=0.15)


def test_repeated_answers_do_not_agree_with_themselves():
    flood = block([1] * 12, [0] * 10 + [1, 2], [1] * 10 + [0, 0], n_labelers=3, values=[0, 1])

    assert exchange.count(flood).score.tolist() == pytest.approx([-1 / 3, 1 / 6, 1 / 6])


def test_one_absurd_number_does_not_make_all_others_alike():
    """Whoever types 1e12 on an open scale must not hide everybody's disagreement."""
    rng = np.random.default_rng(4)
    label = np.where(rng.random((200, 4)) < 0.9, rng.integers(0, 30, (200, 1)), 0)
    label[:, 3] = rng.integers(0, 30, 200)  # labeler 3 answers at random
    values = np.append(np.linspace(0, 1, 30), 1e12)
    item, labeler = np.repeat(range(200), 4), np.tile(range(4), 200)
    label[0, 0] = 30

    plain = exchange.count(
        block(
            item,
            labeler,
            np.minimum(label.ravel(), 29),
            n_labelers=4,
            values=values[:30],
            level="interval",
        )
    )
    absurd = exchange.count(
        block(item, labeler, label.ravel(), n_labelers=4, values=values, level="interval")
    )

    for found in (plain, absurd):
        assert found.score[3] / np.sqrt(found.variance[3]) < -5
