"""The mix of labels against that of the same weekdays: what it finds, and how rarely it errs."""

import numpy as np
import pytest
from scipy import stats

from labeltrust.metrics.seasonal_shift import label_design_effect, seasonal_shift

USUAL = np.array([0.7, 0.2, 0.1])


def drawn(rng, shares, sizes):
    return np.stack([rng.multinomial(n, p) for n, p in zip(sizes, shares, strict=True)]).astype(
        float
    )


def test_a_busy_sunday_is_no_shift():
    before = np.tile([80.0, 20.0], (7, 1))
    before[6] = [400.0, 600.0]  # Sundays are other
    now = before / 4
    now[6] *= 5

    found = seasonal_shift(now, before, 1.0)

    assert found.size.value == pytest.approx(0.0)
    assert found.sure == 0


def test_labels_that_turned_are_counted():
    before, now = np.tile([9_000.0, 1_000.0], (7, 1)), np.tile([2_000.0, 1_000.0], (7, 1))

    found = seasonal_shift(now, before, 1.0)

    assert found.size.value == pytest.approx(1 / 3 - 0.1)
    assert found.size.low < found.size.value < found.size.high
    assert 0.2 < found.sure / found.n < 1 / 3 - 0.1


@pytest.mark.parametrize("n_classes", [2, 10, 40])
def test_without_a_change_hardly_anything_is_beyond_noise(n_classes):
    """At 95 % at most one in twenty; refuted only where that is surely wrong (p < 1e-6)."""
    rng = np.random.default_rng(20261130)
    share = rng.dirichlet(np.ones(n_classes))
    sizes = rng.integers(100, 400, size=7)
    runs = 400
    wrong = sum(
        seasonal_shift(
            drawn(rng, [share] * 7, sizes // 4), drawn(rng, [share] * 7, sizes), 1.0
        ).sure > 0
        for _ in range(runs)
    )  # fmt: skip

    assert stats.binomtest(wrong, runs, 0.05, alternative="greater").pvalue > 1e-6


def test_labels_of_one_item_that_go_together_are_worth_fewer():
    rng = np.random.default_rng(5)
    item = np.repeat(np.arange(2_000), 4)
    alone = rng.integers(0, 3, size=item.size)
    together = np.repeat(rng.integers(0, 3, size=2_000), 4)

    assert label_design_effect(item, alone, 3) == pytest.approx(1.0, abs=0.1)
    assert label_design_effect(item, together, 3) == pytest.approx(4.0, abs=0.2)


def test_nothing_to_compare_says_so():
    none, some = np.zeros((7, 2)), np.ones((7, 2))

    assert seasonal_shift(none, some, 1.0).size.reason == "no labels in this window"
    assert seasonal_shift(some, none, 1.0).size.reason == "no labels in the weeks before"
