"""What the server does by itself besides assessing: verification of news, daily housekeeping."""

import dataclasses
import os
import threading

import pytest
from factories import label
from recorded import history, project, record
from tampering import tamper

from labeltrust.domain.errors import Busy
from labeltrust.services.apart import Apart
from labeltrust.services.background import background_work, daily_work, worker_of
from labeltrust.services.verify_news import unverified_chains
from labeltrust.store import jobs
from labeltrust.store.session import reading
from labeltrust.store.verified import known_break


@pytest.fixture
def frauds(deployment):
    project(deployment)
    record(deployment, [label("i1", "ann"), label("i1", "ben")])
    return deployment


def until_idle(worker):
    while worker.step():
        pass


def test_news_are_verified_some_minutes_later(frauds, clock):
    worker = worker_of(frauds)
    until_idle(worker)
    early = unverified_chains(frauds)
    clock.tick(601)

    until_idle(worker)

    assert "fraud" in early
    # The assessment itself adds records; the next verification is asked for already.
    with reading(frauds.engine) as session:
        assert jobs.is_known(session, "verify", "ledger") or unverified_chains(frauds) == []
        assert known_break(session, "fraud") == ""


def test_a_change_behind_the_programs_back_is_found_by_itself(frauds, clock):
    tamper(frauds, "UPDATE event SET label = 'fraud' WHERE sequence = 2")
    worker = worker_of(frauds)
    until_idle(worker)
    clock.tick(601)

    until_idle(worker)

    with reading(frauds.engine) as session:
        assert "record 2 of chain 'fraud'" in known_break(session, "fraud")


def test_originals_past_their_time_are_destroyed_day_by_day(frauds, clock):
    kept = dataclasses.replace(frauds.settings, raw_retention_days=7)
    deployment = dataclasses.replace(frauds, settings=kept)
    worker = worker_of(deployment)
    until_idle(worker)
    before = len(history(deployment, "deliveries.retired"))
    clock.tick(8 * 86_400)

    until_idle(worker)

    assert before == 0
    assert len(history(deployment, "deliveries.retired")) == 1


def test_without_a_retention_time_nothing_is_destroyed(frauds, clock):
    clock.tick(9_999 * 86_400)

    daily_work(frauds)

    assert history(frauds, "deliveries.retired") == []


def test_background_work_runs_beside_others_and_ends_with_them(frauds, clock):
    clock.tick(3600)
    with background_work(frauds):
        names = {thread.name for thread in threading.enumerate()}

    assert "worker" in names
    assert "worker" not in {thread.name for thread in threading.enumerate()}


def test_a_child_that_was_killed_is_said_and_replaced(frauds):
    apart = Apart()
    try:
        with pytest.raises(Busy, match="was killed"):
            apart.run(_die)
        assert apart.run(abs, -3) == 3
    finally:
        apart.close()


def test_what_cannot_be_told_by_its_class_is_told_in_words(frauds):
    apart = Apart()
    try:
        with pytest.raises(RuntimeError, match=r"_Odd: strange \(1, 2\)"):
            apart.run(_raise_odd)
    finally:
        apart.close()


def test_a_closed_one_takes_no_more_work():
    apart = Apart()
    apart.close()

    with pytest.raises(Busy, match="stopping"):
        apart.run(abs, -3)


def _die():
    os._exit(1)


class _Odd(Exception):
    """Cannot be made again from its words."""

    def __init__(self, one, two):
        super().__init__(f"strange {one, two}")


def _raise_odd():
    raise _Odd(1, 2)
