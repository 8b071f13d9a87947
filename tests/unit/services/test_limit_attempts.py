"""Attempts at signing in: counted by person and address, in a store that cannot grow."""

import pytest
from factories import START, StepClock

from labeltrust.domain.errors import TooOften
from labeltrust.services import limit_attempts
from labeltrust.services.limit_attempts import PER_ADDRESS, PER_PERSON, Attempts


def spent(attempts, n, *, address="10.0.0.1", person=None, now=START):
    for _ in range(n):
        attempts.spend(address, person, now)


def test_a_person_is_stopped_whatever_address_it_is_tried_from():
    attempts = Attempts()
    for n in range(PER_PERSON):
        attempts.spend(f"10.0.0.{n}", "Ann", START)

    with pytest.raises(TooOften) as stopped:
        attempts.spend("10.0.1.1", "ann", START)

    assert stopped.value.retry_after_seconds == 90


def test_an_address_is_stopped_whatever_names_it_tries():
    attempts = Attempts()
    for n in range(PER_ADDRESS):
        attempts.spend("10.0.0.1", f"name {n}", START)

    with pytest.raises(TooOften):
        attempts.spend("10.0.0.1", None, START)
    attempts.spend("10.0.0.2", None, START)


def test_waiting_as_told_is_enough():
    attempts, clock = Attempts(), StepClock()
    spent(attempts, PER_ADDRESS)
    with pytest.raises(TooOften) as stopped:
        attempts.spend("10.0.0.1", None, clock())

    attempts.spend("10.0.0.1", None, clock.tick(stopped.value.retry_after_seconds))


def test_who_is_in_has_all_attempts_again():
    attempts = Attempts()
    spent(attempts, PER_PERSON, person="ann")

    attempts.succeeded("ann")

    spent(attempts, PER_PERSON, person="ann")


def test_what_is_refused_is_not_counted():
    attempts, clock = Attempts(), StepClock()
    spent(attempts, PER_ADDRESS)
    for _ in range(100):
        with pytest.raises(TooOften):
            attempts.spend("10.0.0.1", None, clock())

    attempts.spend("10.0.0.1", None, clock.tick(31))


def test_the_store_cannot_grow(monkeypatch):
    monkeypatch.setattr(limit_attempts, "MOST_REMEMBERED", 50)
    attempts = Attempts()

    for n in range(500):
        attempts.spend(f"10.0.{n // 250}.{n % 250}", f"name {n}", START)

    assert len(attempts._tried) <= 50  # noqa: SLF001 - its size is the point
