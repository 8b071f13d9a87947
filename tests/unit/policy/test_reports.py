"""Periods of a report, and how long a gate was shut within them, at the edges."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from labeltrust.domain.estimates import Estimate
from labeltrust.policy.reports import Period, Turned, gate_time, median_hours, periods

NOW = datetime(2026, 11, 30, tzinfo=UTC)
DAY = timedelta(days=1)
THIS, BEFORE = periods(7, NOW)


def opened(days_ago):
    return Turned(at=NOW - days_ago * DAY, open=True, codes=())


def closed(days_ago, *codes):
    return Turned(at=NOW - days_ago * DAY, open=False, codes=codes)


def test_a_moment_is_of_one_period_alone():
    edges = [NOW - 14 * DAY, NOW - 7 * DAY, NOW]

    assert [(BEFORE.holds(at), THIS.holds(at)) for at in edges] == [
        (True, False), (False, True), (False, False),
    ]  # fmt: skip
    assert not THIS.holds(None)


def test_a_gate_shut_across_both_periods_counts_in_each_and_closed_once():
    turns = [closed(10, "paused", "stale"), opened(5), closed(1, "stale")]

    this, before = gate_time(turns, THIS), gate_time(turns, BEFORE)

    assert (this.known, this.closed, this.closings) == (7 * DAY, 3 * DAY, 1)
    assert this.why == (("stale", 3 * DAY), ("paused", 2 * DAY))
    assert (before.known, before.closed, before.closings) == (3 * DAY, 3 * DAY, 1)


def test_nothing_is_known_of_a_gate_that_nobody_watched():
    assert gate_time([], THIS).known == timedelta()
    assert gate_time([closed(0, "stale")], THIS).known == timedelta()


@given(
    st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=20),
    st.integers(0, 30), st.integers(0, 30),
)  # fmt: skip
def test_periods_add_up_and_none_is_shut_longer_than_it_was_watched(found, one, other):
    turns = [
        opened(ago) if is_open else closed(ago, "x") for ago, is_open in sorted(found, reverse=True)
    ]
    start, middle, end = NOW - 31 * DAY, NOW - max(one, other) * DAY, NOW - min(one, other) * DAY
    parts = [Period(start=start, end=middle), Period(start=middle, end=end)]

    whole = gate_time(turns, Period(start=start, end=end))
    each = [gate_time(turns, part) for part in parts]

    assert sum((part.closed for part in each), timedelta()) == whole.closed <= whole.known
    assert sum(part.closings for part in each) == whole.closings


@pytest.mark.parametrize(("n", "known"), [(0, False), (5, False), (6, True)])
def test_a_median_is_said_of_as_many_as_enclose_it(n, known):
    found = median_hours([timedelta(hours=k + 1) for k in range(n)], "nothing")

    assert isinstance(found, Estimate) is known
    if known:
        assert (found.low, found.value, found.high, found.n) == (1.0, 3.5, 6.0, 6)


def test_the_interval_holds_the_median_as_often_as_it_says():
    rng, runs = np.random.default_rng(20261130), 400
    draws = rng.exponential(size=(runs, 15))
    found = [median_hours([timedelta(hours=float(h)) for h in row], "nothing") for row in draws]

    missed = sum(not one.low <= np.log(2) <= one.high for one in found)

    assert binomtest(missed, runs, 0.05, alternative="greater").pvalue > 1e-6
