"""Targeted flips against plain loops."""

import numpy as np
import pytest
from blocks import drawn
from slow_counts import flips as slowly

from labeltrust.counts import block, flips


@pytest.mark.parametrize("seed", range(8))
def test_the_counts_and_chances_are_those_of_plain_loops(seed):
    b = drawn(np.random.default_rng(seed), 70, repeats=False).block()

    found = flips.count(b)
    observed, chances = slowly(b)

    table, expected = found.observed.dense(), [found.expected.dense(k) for k in range(3)]
    for cell in np.ndindex(*table.shape):
        p = np.array([float(x) for x in chances.get(cell, [])])
        assert table[cell] == observed.get(cell, 0)
        assert expected[0][cell] == pytest.approx(p.sum(), abs=1e-9)
        assert expected[1][cell] == pytest.approx((p * (1 - p)).sum(), abs=1e-9)
        assert expected[2][cell] == pytest.approx((p * (1 - p) * (1 - 2 * p)).sum(), abs=1e-9)


def test_observed_and_expected_sum_to_the_same_over_the_labelers_of_an_item():
    b = drawn(np.random.default_rng(2), 70, repeats=False).block()

    found = flips.count(b)

    assert found.expected.over(1, 2).dense() == pytest.approx(found.observed.over(1, 2).dense())


@pytest.mark.parametrize(
    ("labels", "cell"),
    [
        ([1, 0, 0], (0, 1)),  # others agree on 0, he says 1
        ([0, 0, 0], (0, 0)),  # agreement is kept too, on the diagonal
        ([1, 0, 2], None),  # the others tie
        ([1, 0, 0, 2, 2], None),  # two labels lead the others
        ([0, 0, 1, 1, 2], (1, 0)),  # only his own vote made it a tie
        ([2, 1, 1, 0], (1, 2)),
    ],
)
def test_a_divided_crowd_has_no_plurality(labels, cell):
    b = block([1] * len(labels), range(len(labels)), labels, n_labelers=5, values=range(3))

    table = flips.count(b).observed.dense()[0]

    assert table.sum() == (0 if cell is None else 1)
    assert cell is None or table[cell] == 1


def test_a_single_judgment_has_no_others():
    b = block([1], [0], [1], n_labelers=1, values=[0, 1])

    assert flips.count(b).observed.n == 0
    assert flips.count(b).expected.n == 0


def test_repeated_answers_share_one_vote_against_the_others():
    flood = block([1] * 10, [0] * 8 + [1, 2], [1] * 8 + [0, 0], n_labelers=3, values=[0, 1])

    assert flips.count(flood).observed.dense()[0].tolist() == [[0.0, 1.0], [0.0, 0.0]]
    assert flips.count(flood).observed.dense()[1].sum() == 0
