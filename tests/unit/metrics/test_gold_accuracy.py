"""Gold accuracy, by class and by distance."""

import numpy as np
import pytest
from blocks import drawn
from scipy import integrate, stats
from statsmodels.stats.proportion import proportion_confint

from labeltrust.counts import block, confusion
from labeltrust.domain.estimates import Undefined
from labeltrust.metrics.gold_accuracy import (
    class_confusion,
    class_recall,
    clopper_pearson,
    gold_accuracy,
    gold_distance,
    gold_within,
    probability_below,
    wilson,
)


@pytest.mark.parametrize(("function", "method"), [(wilson, "wilson"), (clopper_pearson, "beta")])
def test_intervals_are_those_of_statsmodels(function, method):
    n = np.repeat([1, 5, 28, 400], 5)
    right = np.array([k for size in (1, 5, 28, 400) for k in np.linspace(0, size, 5).astype(int)])

    found = function(right, n, "none")
    low, high = proportion_confint(right, n, method=method)

    assert found.low == pytest.approx(low, abs=1e-9)
    assert found.high == pytest.approx(high, abs=1e-9)
    assert found.value == pytest.approx(right / n)


def test_a_labeler_without_gold_items_is_unknown_and_not_bad():
    b = block([1, 2], [0, 1], [0, 0], n_labelers=3, values=[0, 1], gold=([1], [0]))

    found = gold_accuracy(confusion.count(b))

    assert found[0].n == 1
    assert found[1] == found[2] == Undefined(reason="no gold items")


def test_the_probability_of_low_accuracy_is_the_integral_of_the_posterior():
    b = block(
        range(10),
        [0] * 10,
        [0] * 7 + [1] * 3,
        n_labelers=2,
        values=[0, 1],
        gold=(range(10), [0] * 10),
    )

    found = probability_below(confusion.count(b), 0.8, prior=(2.0, 3.0))

    def density(p: float) -> float:
        return stats.binom.pmf(7, 10, p) * stats.beta.pdf(p, 2, 3)

    below, whole = (integrate.quad(density, 0, top)[0] for top in (0.8, 1.0))
    assert found[0] == pytest.approx(below / whole)
    assert found[1] == pytest.approx(stats.beta.cdf(0.8, 2, 3))


def test_a_labeler_who_misses_every_item_of_the_small_class_is_seen():
    gold = [0] * 19 + [1]
    b = block(range(20), [0] * 20, [0] * 20, n_labelers=1, values=[0, 1], gold=(range(20), gold))

    counts = confusion.count(b)
    recall = class_recall(counts)

    assert gold_accuracy(counts)[0].value == 0.95
    assert recall.gold.tolist() == [0, 1]
    assert recall.share.value.tolist() == [1.0, 0.0]
    assert recall.share.n.tolist() == [19, 1]


def test_the_answers_to_each_gold_class_sum_to_one_and_hold_the_right_one():
    counts = confusion.count(drawn(np.random.default_rng(5), 80).block())

    found = class_confusion(counts)
    met = counts.table.over(0, 1)

    key = found.labeler * 3 + found.gold
    assert np.array_equal(np.unique(key), met.key)
    assert np.bincount(key, found.share.value, minlength=15)[met.key] == pytest.approx(1.0)
    right = found.gold == found.label
    assert np.array_equal(np.unique(key[right]), met.key)


def test_distance_from_gold_is_a_mean_with_a_student_interval():
    values = [0.0, 10.0, 30.0, 100.0]
    b = block(
        range(4),
        [0] * 4,
        [0, 1, 2, 3],
        n_labelers=2,
        values=values,
        level="interval",
        gold=(range(4), [1, 1, 1, 1]),
    )

    found = gold_distance(confusion.count(b))
    distance = np.array([10.0, 0.0, 20.0, 90.0])
    wanted = stats.t.interval(0.95, 3, distance.mean(), distance.std(ddof=1) / 2)

    assert found[0].value == 30.0
    assert found[0].low == max(wanted[0], 0)
    assert found[0].high == pytest.approx(wanted[1])
    assert isinstance(found[1], Undefined)


def test_one_judgment_leaves_the_distance_open():
    b = block([1], [0], [1], n_labelers=1, values=[0, 10], level="interval", gold=([1], [0]))

    found = gold_distance(confusion.count(b))[0]

    assert (found.low, found.value, found.high) == (0.0, 10.0, 10.0)


def test_answers_within_a_tolerance_count_as_right():
    b = block(
        range(4),
        [0] * 4,
        [0, 1, 2, 3],
        n_labelers=1,
        values=[0, 5, 6, 30],
        level="interval",
        gold=(range(4), [0] * 4),
    )

    assert gold_within(confusion.count(b), 5.0)[0].value == 0.5
    assert gold_within(confusion.count(b), 6.0)[0].value == 0.75
