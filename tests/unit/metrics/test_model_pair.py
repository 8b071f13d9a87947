"""Two versions of a model side by side: against the reference, and intervals that hold."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as reference

from labeltrust.metrics.model_pair import (
    HOUR_US,
    Said,
    accuracy_change,
    compared,
    divergence,
    mcnemar,
    said,
)


def who(item, label, at=0):
    item = np.array(item)
    received = np.full(item.size, at, dtype=np.int64)
    return Said(item=item, label=np.array(label), received_us=received)


@pytest.mark.parametrize(("lost", "gained"), [(0, 1), (5, 1), (7, 7), (30, 12), (3, 40)])
def test_the_exact_test_is_that_of_statsmodels(lost, gained):
    table = [[100, lost], [gained, 9]]

    assert mcnemar(lost, gained) == pytest.approx(reference(table, exact=True).pvalue)


def test_only_items_of_both_count_and_the_newest_label_of_each():
    labels, times = np.array([0, 0, 1, 0]), np.array([1, 9, 8, 1])
    new = said(np.array([1, 2, 2, 4]), labels, times, times)
    found = compared(new, who([1, 2, 3], [0, 1, 1]), who([1, 2, 9], [0, 1, 1]))

    assert (found.shared, found.parted) == (2, 1)
    assert (found.gold, found.right, found.right_before) == (2, 1, 2)
    assert (found.lost.tolist(), found.gained) == ([2], 0)


def test_an_item_counts_in_the_hour_in_which_the_last_of_the_three_was_received():
    new, before = who([1, 2], [0, 0], at=HOUR_US), who([1, 2], [0, 1], at=3 * HOUR_US)

    found = compared(new, before, who([2], [1], at=5 * HOUR_US + 7))

    assert found.parting.hour.tolist() == [3]
    assert (found.losing.hour.tolist(), found.losing.bad.tolist()) == ([5], [1])


def test_nothing_shared_is_unknown_and_not_nought():
    found = compared(who([1], [0]), who([2], [0]), who([], []))

    assert accuracy_change(found.gold, 0, 0).reason == "no gold item was labeled by both"
    assert divergence(found.shared, 0).reason == "no item was labeled by both"


@pytest.mark.parametrize(("lose", "gain"), [(0.01, 0.01), (0.04, 0.02), (0.002, 0.01)])
def test_the_interval_holds_the_true_change_as_often_as_it_says(lose, gain):
    """95 %, refuted only where fewer would be found by chance once in a million."""
    rng, n, runs = np.random.default_rng(20_261_130), 300, 2_000
    cells = rng.multinomial(n, [lose, gain, 1 - lose - gain], size=runs)
    ends = [accuracy_change(n, int(b), int(c)) for b, c, _ in cells]
    held = sum(one.low <= gain - lose <= one.high for one in ends)

    assert stats.binom.cdf(held, runs, 0.95) > 1e-6
