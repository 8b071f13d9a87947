"""Durations against the others of the same items."""

import numpy as np
import pytest

from labeltrust.counts import block, split
from labeltrust.counts.tempo import HASTE, count


def drawn(seconds, item=None, labeler=None, n_labelers=3):
    n = len(seconds)
    return block(
        [1] * n if item is None else item,
        range(n) if labeler is None else labeler,
        [0] * n,
        n_labelers=n_labelers,
        values=[0],
        duration_seconds=seconds,
    )


def test_time_is_told_as_a_ratio_to_the_geometric_mean_of_the_others():
    tempo = count(drawn([2.0, 4.0, 16.0]))

    assert tempo.log_ratio == pytest.approx(np.log([2 / 8, 4 / np.sqrt(32), 16 / np.sqrt(8)]))
    assert tempo.n.tolist() == [1, 1, 1]


def test_only_under_a_quarter_of_the_others_time_is_hasty():
    assert count(drawn([1.0, HASTE + 0.1, HASTE + 0.1])).hasty.tolist() == [1, 0, 0]
    assert count(drawn([1.0, HASTE - 0.1, HASTE - 0.1])).hasty.tolist() == [0, 0, 0]


def test_unknown_and_impossible_durations_do_not_count():
    tempo = count(drawn([np.nan, 0.0, 5.0]))

    assert tempo.n.tolist() == [0, 0, 0]
    assert tempo.timed.tolist() == [0, 0, 1]


def test_repeats_of_one_labeler_are_not_his_peers():
    tempo = count(drawn([2.0, 2.0, 8.0], labeler=[0, 0, 1]))

    assert tempo.n.tolist() == [2, 1, 0]
    assert tempo.log_ratio[:2] == pytest.approx([2 * np.log(1 / 4), np.log(4)])


def test_counts_of_parts_add_up_with_durations_too():
    rng = np.random.default_rng(1)
    item, labeler = rng.integers(0, 50, 400), rng.integers(0, 9, 400)
    whole = drawn(rng.lognormal(1, 1, 400), item=item, labeler=labeler, n_labelers=9)

    parts = [count(part) for part in split(whole, 4)]
    total = sum(parts[1:], start=parts[0])

    for name in ("n", "log_ratio", "squares", "hasty", "timed"):
        assert np.allclose(getattr(total, name), getattr(count(whole), name))
