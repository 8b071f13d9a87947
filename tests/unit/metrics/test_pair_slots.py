"""Pairs of labels in the order in which they came."""

import numpy as np
import pytest
from scipy import stats

from labeltrust.metrics.pair_slots import Rows, design_effect, pair_slots


def rows(item, group, label, at=None):
    n = len(item)
    return Rows(
        item=np.array(item), group=np.array(group), label=np.array(label),
        source=np.ones(n, dtype=int), at=np.array(at if at is not None else range(n)),
    )  # fmt: skip


def test_every_label_meets_the_one_before_it():
    found = pair_slots(rows([1, 2, 1, 1, 2], [0, 0, 1, 2, 1], [5, 5, 5, 6, 5]), 0, 0)

    assert (found.valid.sum(), found.bad.sum()) == (3, 1)


def test_labelers_of_one_ring_and_a_labeler_with_himself_prove_nothing():
    found = pair_slots(rows([1, 1, 2, 2], [3, 3, 4, 5], [5, 5, 5, 5]), 0, 0)

    assert found.valid.sum() == 1


def test_a_pair_counts_when_its_later_label_came():
    found = pair_slots(rows([1, 1, 1], [0, 1, 2], [5, 5, 6], at=[0, 900, 90_000]), 600, 80_000)

    assert found.at.tolist() == [0, 90_000]
    assert found.bad.tolist() == [0, 1]


def test_no_labels_are_no_pairs():
    found = pair_slots(rows([], [], []), 0, 0)

    assert found.valid.size == 0
    assert found.deff == 1.0


def test_the_interval_holds_although_items_differ():
    """Wilson over the design effect covers at 95 %; refuted where surely not (p < 1e-6)."""
    from labeltrust.policy.burn import Counted, bad_share  # noqa: PLC0415

    rng = np.random.default_rng(7)
    runs, items, each = 300, 300, 6
    covered = 0
    for _ in range(runs):
        hard = rng.beta(1, 4, size=items)  # one in five labels is the other one, unevenly
        label = (rng.random((items, each)) < hard[:, None]).astype(int)
        item = np.repeat(np.arange(items), each)
        found = pair_slots(rows(item, np.tile(range(each), items), label.ravel()), 0, 0)
        valid, bad = found.valid.sum() / found.deff, found.bad.sum() / found.deff
        share = bad_share(Counted(valid=round(valid), bad=round(bad)))
        truth = 2 * (1 / 5 - 2 / (5 * 6))  # 2 E[p(1-p)], E[p^2] = a(a+1)/((a+b)(a+b+1))
        covered += share.low <= truth <= share.high

    assert stats.binomtest(covered, runs, 0.95, alternative="less").pvalue > 1e-6


def test_units_that_repeat_each_other_are_worth_one():
    rng = np.random.default_rng(3)
    bad = np.repeat(rng.integers(0, 2, size=1_000), 5)

    assert design_effect(np.repeat(np.arange(1_000), 5), bad) == pytest.approx(5.0, abs=0.2)
