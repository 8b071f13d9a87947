"""One label an item."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeltrust.counts import block
from labeltrust.inference.consensus import NO_CONSENSUS, consensus


def answers(*labels_of_items, values=(0, 1, 2), level="nominal"):
    item = [i for i, labels in enumerate(labels_of_items) for _ in labels]
    labeler = [n for labels in labels_of_items for n in range(len(labels))]
    label = [x for labels in labels_of_items for x in labels]
    return block(item, labeler, label, n_labelers=9, values=values, level=level)


def test_the_majority_wins_and_a_tie_is_said_to_be_one():
    found = consensus(answers([0, 1, 1], [0, 0, 1, 1], [2]))

    assert found.label.tolist() == [1, NO_CONSENSUS, 2]
    assert found.tied.tolist() == [False, True, False]
    assert found.share.tolist() == pytest.approx([2 / 3, 1 / 2, 1.0])
    assert found.n.tolist() == [3, 4, 1]


def test_several_answers_of_one_labeler_are_one_vote():
    b = block([1, 1, 1, 1], [0, 0, 0, 1], [0, 0, 0, 1], n_labelers=2, values=[0, 1])

    found = consensus(b)

    assert found.n.tolist() == [2]
    assert found.tied.tolist() == [True]


def test_numbers_have_a_median_and_not_a_majority():
    found = consensus(answers([0, 2], [0, 1, 1], values=(1.0, 2.0, 5.0), level="interval"))

    assert found.method == "median"
    assert found.value.tolist() == [3.0, 2.0]
    assert found.label.tolist() == [NO_CONSENSUS, 1]


@given(st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=9), min_size=1, max_size=20))
def test_the_median_is_that_of_numpy(labels):
    values = np.array([-1.5, 0.25, 7.0])

    found = consensus(answers(*labels, values=values, level="interval"))

    assert found.value.tolist() == pytest.approx([np.median(values[x]) for x in labels])


@given(st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=9), min_size=1, max_size=20))
def test_the_majority_is_that_of_counting(labels):
    found = consensus(answers(*labels))

    for place, given_labels in enumerate(labels):
        n = np.bincount(given_labels, minlength=3)
        leaders = np.flatnonzero(n == n.max())
        wanted = leaders[0] if leaders.size == 1 else NO_CONSENSUS
        assert found.label[place] == wanted
        assert found.tied[place] == (leaders.size > 1)
