"""Intervals between a labeler's own labels."""

import numpy as np

from labeltrust.counts import block
from labeltrust.metrics.intervals import busiest_minute, intervals


def drawn(seconds, labeler=None, n_labelers=2):
    n = len(seconds)
    return block(
        range(n),
        [0] * n if labeler is None else labeler,
        [0] * n,
        n_labelers=n_labelers,
        values=[0],
        occurred_us=(np.asarray(seconds) * 1e6).astype(np.int64),
    )


def test_intervals_are_those_of_one_labeler_in_one_session():
    found = intervals(drawn([0, 100, 5, 107, 4000, 4010], labeler=[0, 1, 0, 1, 0, 0]))

    assert found.labeler.tolist() == [0, 0, 1]
    assert found.seconds.tolist() == [5.0, 10.0, 7.0]
    assert found.median_seconds.tolist() == [7.5, 7.0]
    assert found.n.tolist() == [2, 1]


def test_labels_of_one_moment_leave_no_interval():
    found = intervals(drawn([3, 3, 3, 3]))

    assert found.seconds.size == 0
    assert np.isnan(found.median_seconds).all()


def test_the_unit_of_the_clock_is_seen():
    assert intervals(drawn([0, 5])).resolution_seconds == 1.0
    assert intervals(drawn([0, 5.25])).resolution_seconds == 0.001
    assert intervals(drawn([0, 5.000001])).resolution_seconds == 0.000001


def test_equal_intervals_are_spread_over_their_unit():
    found = intervals(drawn(np.cumsum([0, 5, 6, 6, 6, 7, 8, 9])))

    assert found.median_seconds[0] == 6.0
    assert found.centre_seconds[0] == 6.0 + (3.5 - 1) / 3 - 0.5


def test_the_busiest_minute_counts_labels_of_one_labeler():
    found = busiest_minute(drawn([0, 10, 59, 61, 0, 200], labeler=[0, 0, 0, 0, 1, 1]))

    assert found.tolist() == [3, 1]


def test_a_block_without_labels_has_no_intervals():
    nothing = drawn([])

    assert intervals(nothing).seconds.size == 0
    assert busiest_minute(nothing).tolist() == [0, 0]
