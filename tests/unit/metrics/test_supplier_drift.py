"""Suppliers against their past and others: stated errors, power, and reasons where unknown."""

import numpy as np
import pytest
from scipy import stats

from labeltrust.metrics.supplier_drift import DAY_US, Labels, supplier_drift, weeks_of

NOW = 40 * DAY_US


def drawn(rng, n=400, *, right=(0.85, 0.85), fraud=(0.3, 0.3), gold=0.5):
    """A supplier's labels, half of them late; accuracy and class mix of (before, late)."""
    late = np.arange(n) % 2
    truth = (rng.random(n) < np.array(fraud)[late]).astype(np.int64)
    label = np.where(rng.random(n) < np.array(right)[late], truth, 1 - truth)
    known = np.where(rng.random(n) < gold, truth, -1)
    when = np.where(late == 1, NOW - DAY_US, NOW - 20 * DAY_US)
    return Labels(item=np.arange(n), label=label, gold=known, received_us=when)


def both(one, two):
    """Two suppliers' labels, of other items, as one; the first's rows are true."""
    joined = [np.concatenate([getattr(one, n), getattr(two, n)]) for n in ("label", "gold")]
    item = np.concatenate([one.item, two.item + one.item.size])
    received = np.concatenate([one.received_us, two.received_us])
    mine = np.arange(item.size) < one.item.size
    return Labels(item=item, label=joined[0], gold=joined[1], received_us=received), mine


def found_in(rng, runs, **more):
    for _ in range(runs):
        labels, mine = both(drawn(rng, **more), drawn(rng))
        yield supplier_drift(labels, weeks_of(labels, NOW), mine, ~mine)


def test_honest_suppliers_shift_as_often_as_the_test_says():
    found = list(found_in(np.random.default_rng(20_261_201), 1_500))

    for p_values in ([d.mix_p for d in found], [d.mix_beside_p for d in found]):
        n = sum(p < 0.05 for p in p_values)
        assert stats.binom.sf(n - 1, len(p_values), 0.05) > 1e-6


def test_intervals_of_accuracy_hold_no_change_as_often_as_they_say():
    found = list(found_in(np.random.default_rng(20_261_202), 1_500))

    for ends in ([d.accuracy_change for d in found], [d.accuracy_beside for d in found]):
        held = sum(one.low <= 0 <= one.high for one in ends)
        assert stats.binom.cdf(held, len(ends), 0.95) > 1e-6


def test_another_mix_of_items_is_no_fall_of_accuracy():
    found = list(found_in(np.random.default_rng(20_261_203), 500, fraud=(0.1, 0.6)))

    held = sum(d.accuracy_change.low <= 0 <= d.accuracy_change.high for d in found)
    assert stats.binom.cdf(held, len(found), 0.95) > 1e-6
    assert all(d.mix_p < 0.05 for d in found[:50])


@pytest.mark.parametrize("side", ["accuracy_change", "accuracy_beside"])
def test_a_supplier_that_falls_by_thirty_points_is_seen(side):
    found = list(found_in(np.random.default_rng(20_261_204), 200, right=(0.85, 0.55)))

    seen = sum(getattr(d, side).high < 0 for d in found)
    assert stats.binom.cdf(seen, len(found), 0.95) > 1e-6


def test_what_is_not_there_is_unknown_with_a_reason():
    labels = drawn(np.random.default_rng(1), 10)
    everybody = np.ones(10, dtype=bool)

    found = supplier_drift(labels, weeks_of(labels, NOW), everybody, ~everybody)

    assert (found.late, found.before) == (5, 5)
    assert found.mix.reason == "fewer than 20 items were labeled in the last 7 days"
    assert found.mix_p is None
    assert found.accuracy_beside.reason == "no gold item of one class was labeled on both sides"


def test_many_classes_are_pooled_and_only_the_newest_label_of_an_item_counts():
    n = np.arange(4_000)
    rng = np.random.default_rng(3)
    labels = Labels(
        item=n // 2,
        label=rng.integers(0, 500, n.size),
        gold=np.full(n.size, -1),
        received_us=NOW - np.where(n < 2_000, 1, 20) * DAY_US,
    )

    found = supplier_drift(labels, weeks_of(labels, NOW), n >= 0, n < 0)

    assert (found.late, found.before) == (1_000, 1_000)
    assert found.mix_p is not None
