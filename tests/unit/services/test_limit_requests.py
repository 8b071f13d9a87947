"""Requests a minute: by who is proven, spread or at once, in a store that cannot grow."""

import pytest

from labeltrust.domain.errors import TooOften
from labeltrust.domain.principals import Principal
from labeltrust.services import limit_requests
from labeltrust.services.limit_requests import Rate, Rates


class Seconds:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_a_minutes_requests_may_come_at_once_and_then_one_by_one():
    seconds = Seconds()
    rate = Rate(60, now=seconds)
    for _ in range(60):
        rate.spend("a")

    with pytest.raises(TooOften) as stopped:
        rate.spend("a")
    seconds.now += stopped.value.retry_after_seconds
    rate.spend("a")
    with pytest.raises(TooOften):
        rate.spend("a")

    assert stopped.value.retry_after_seconds == 1


def test_what_was_refused_does_not_count():
    seconds = Seconds()
    rate = Rate(1, now=seconds)
    rate.spend("a")
    for _ in range(100):
        with pytest.raises(TooOften):
            rate.spend("a")

    seconds.now = 60.0
    rate.spend("a")


def test_nobody_spends_for_anybody_else():
    rate = Rate(1, now=Seconds())
    rate.spend("a")

    rate.spend("b")


def test_zero_lets_everything_pass():
    rate = Rate(0, now=Seconds())

    for _ in range(1_000):
        rate.spend("a")


def test_a_source_has_one_rate_whatever_key_speaks_for_it():
    rates = Rates(key=1, source=2)
    for n in range(2):
        key = Principal(name=f"key:lt_{n}", role="source", projects=None, source="feed")
        rates.spend(key, "write_events")

    with pytest.raises(TooOften):
        rates.spend_source("feed")
    rates.spend(Principal(name="key:lt_9", role="auditor", projects=None), "read")


def test_the_store_cannot_grow(monkeypatch):
    monkeypatch.setattr(limit_requests, "MOST_REMEMBERED", 20)
    rate = Rate(5, now=Seconds())

    for n in range(200):
        rate.spend(str(n))

    assert len(rate._left) == 20  # noqa: SLF001 - its size is the point
