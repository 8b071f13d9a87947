"""Pair-label counts, peers and concordance against plain loops."""

import tracemalloc

import numpy as np
import pytest
from blocks import N_LABELERS, drawn
from slow_counts import by_item, voters
from slow_counts import pairs as pairs_slowly
from slow_counts import peers as peers_slowly

from labeltrust.counts import block, concordance, pairs, peers

MB = 1 << 20


@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_pair_counts_are_those_of_plain_loops(repeats, seed):
    b = drawn(np.random.default_rng(seed), 70, repeats=repeats).block()

    table = pairs.count(b).table

    slow = pairs_slowly(b)
    assert {tuple(int(i) for i in at) for at in zip(*table.index, strict=True)} == set(slow)
    for n, at in zip(table.sums[0], zip(*table.index, strict=True), strict=True):
        assert n == pytest.approx(slow[tuple(int(i) for i in at)])


@pytest.mark.parametrize("repeats", [False, True])
def test_of_a_crowded_item_some_pairs_are_counted_and_those_rightly(repeats):
    rng = np.random.default_rng(9)
    labeler = np.concatenate([np.arange(300), rng.integers(0, 300, 60 * repeats), [3, 4, 5]])
    item = np.where(np.arange(labeler.size) < labeler.size - 3, 1, 2)
    label = rng.integers(0, 3, labeler.size)
    b = block(item, labeler, label, n_labelers=300, values=range(3))

    table = pairs.count(b).table

    slow = pairs_slowly(b)
    met = np.bincount(np.concatenate(table.over(0, 1).index), minlength=300)
    assert met[:3].tolist() == [64, 64, 64]
    assert met.max() <= 66  # and those on the small item
    for n, at in zip(table.sums[0], zip(*table.index, strict=True), strict=True):
        assert n == pytest.approx(slow[tuple(int(i) for i in at)])


def test_an_item_with_ten_thousand_labels_is_counted_in_little_memory():
    rng = np.random.default_rng(10)
    n = 10_000
    b = block(np.ones(n), np.arange(n), rng.integers(0, 4, n), n_labelers=n, values=range(4))

    tracemalloc.start()
    try:
        found = pairs.count(b)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert found.table.n == 32 * n
    assert peak < 100 * MB


@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_peer_counts_are_those_of_plain_loops(repeats, seed):
    b = drawn(np.random.default_rng(seed), 70, repeats=repeats).block()

    found = peers.count(b)

    slow = peers_slowly(b)
    table = found.table.over(0, 2, 3).dense()
    for at in np.ndindex(*table.shape):
        assert table[at] == pytest.approx(slow[at], abs=1e-9)
    assert found.items.over(0).dense() == pytest.approx(table.sum(axis=(1, 2)))


def test_a_peer_who_labels_an_item_many_times_weighs_no_more():
    flood = block([1] * 12, [0] * 10 + [1, 2], [1] * 10 + [0, 1], n_labelers=3, values=[0, 1])

    table = peers.count(flood).table.over(0, 2, 3).dense()

    assert table[1].tolist() == [[0.0, 1.0], [0.0, 0.0]]
    assert table[0].tolist() == pytest.approx(np.array([[0.0, 0.0], [0.5, 0.5]]))


@pytest.mark.parametrize("repeats", [False, True])
def test_moments_of_own_value_and_mean_of_the_others_are_those_of_plain_loops(repeats):
    b = drawn(np.random.default_rng(5), 60, "interval", repeats=repeats).block()
    unit = (b.values - b.values.min()) / np.ptp(b.values)
    terms = {a: [] for a in range(N_LABELERS)}
    for rows in by_item(b).values():
        own = {a: unit[x].mean() for a, x in voters(rows).items()}
        for a, x in own.items():
            others = [v for other, v in own.items() if other != a]
            if others:
                y = np.mean(others)
                terms[a].append((1, x, y, x * x, y * y, x * y))

    found = concordance.count(b).moments.over(0)

    for k in range(6):
        assert found.dense(k) == pytest.approx([sum(t[k] for t in terms[a]) for a in terms])


def test_nominal_labels_have_no_moments():
    b = drawn(np.random.default_rng(5), 60, "nominal").block()

    assert concordance.count(b).moments.n == 0


def test_pair_counts_of_many_labelers_and_labels_stay_small():
    rng = np.random.default_rng(0)
    item = np.repeat(np.arange(20_000), 5)
    b = block(
        item,
        rng.integers(0, 3_000, item.size),
        rng.integers(0, 10_000, item.size),
        n_labelers=3_000,
        values=np.arange(10_000.0),
        level="interval",
    )

    tracemalloc.start()
    found = pairs.count(b)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert found.table.n <= 20_000 * 10
    assert peak < 200 * MB
