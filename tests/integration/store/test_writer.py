"""Group commit: shared transactions, honest answers, no neighbour harmed."""

import asyncio
import threading
import time

import pytest
from records import Record, chain_rows

from labeltrust.domain.errors import Busy, NotFound
from labeltrust.store.recording import Recorder
from labeltrust.store.writer import GroupWriter


class Counting:
    """A recorder that counts its groups and can be held up."""

    def __init__(self, deployment):
        self.inner = Recorder(deployment.engine, deployment.vault)
        self.groups = []
        self.gate = threading.Event()
        self.gate.set()

    def record(self, submissions):
        self.gate.wait()
        self.groups.append(len(submissions))
        return self.inner.record(submissions)

    def park(self, submission, error):
        return self.inner.park(submission, error)


def writer_of(recorder, **limits):
    values = {"group_rows": 100, "queue_rows": 1_000} | limits
    return GroupWriter(lambda: recorder, **values)


async def test_those_who_come_during_a_commit_share_the_next_one(deployment):
    record, recorder = Record(deployment), Counting(deployment)
    events = [record.label(f"i{n}", "ann") for n in range(40)]
    recorder.gate.clear()

    with writer_of(recorder) as writer:
        tasks = [asyncio.create_task(writer.submit(record.submission([e]))) for e in events]
        await asyncio.sleep(0.05)
        recorder.gate.set()
        outcomes = await asyncio.gather(*tasks)

    assert all(outcome.accepted == 1 for outcome in outcomes)
    assert len({outcome.receipts[0].sequence for outcome in outcomes}) == 40
    assert len(recorder.groups) <= 3


async def test_an_answer_is_about_the_callers_own_events(deployment):
    record, recorder = Record(deployment), Counting(deployment)

    with writer_of(recorder) as writer:
        events = [record.label(f"i{n}", "ann") for n in range(30)]
        outcomes = await asyncio.gather(*(writer.submit(record.submission([e])) for e in events))

    rows = {row.sequence: row for row in chain_rows(deployment, record.project)}
    for event, outcome in zip(events, outcomes, strict=True):
        assert rows[outcome.receipts[0].sequence].event_id == event.event_id


async def test_a_poisoned_submission_harms_no_neighbour(deployment):
    record, recorder = Record(deployment), Counting(deployment)
    recorder.gate.clear()

    with writer_of(recorder) as writer:
        good = [
            asyncio.create_task(writer.submit(record.submission([record.label(f"i{n}", "ann")])))
            for n in range(5)
        ]
        poisoned = record.submission([record.label("x", "ann")], source="no-such-source")
        bad = asyncio.create_task(writer.submit(poisoned))
        await asyncio.sleep(0.05)
        recorder.gate.set()
        outcomes = await asyncio.gather(*good)
        with pytest.raises(NotFound, match="no-such-source"):
            await bad

    assert all(outcome.accepted == 1 for outcome in outcomes)
    assert len(record.current()) == 5


async def test_beyond_its_queue_it_says_busy_and_forgets_nothing(deployment):
    record, recorder = Record(deployment), Counting(deployment)
    recorder.gate.clear()

    with writer_of(recorder, queue_rows=10) as writer:
        tasks = [
            asyncio.create_task(writer.submit(record.submission([record.label(f"i{n}", "ann")])))
            for n in range(10)
        ]
        await asyncio.sleep(0.05)
        with pytest.raises(Busy) as refused:
            await writer.submit(record.submission([record.label("late", "ann")]))
        assert refused.value.retry_after_seconds > 0
        recorder.gate.set()
        await asyncio.gather(*tasks)
        again = await writer.submit(record.submission([record.label("late", "ann")]))

    assert again.accepted == 1
    assert writer.waiting_rows == 0
    assert len(record.current()) == 11


async def test_large_bodies_fill_the_queue_too(deployment):
    record, recorder = Record(deployment), Counting(deployment)
    recorder.gate.clear()

    with writer_of(recorder, queue_rows=100) as writer:
        first = asyncio.create_task(writer.submit(record.submission([], body=bytes(90_000))))
        await asyncio.sleep(0.05)
        with pytest.raises(Busy):
            await writer.submit(record.submission([], body=bytes(20_000)))
        recorder.gate.set()
        await first


async def test_leaving_writes_what_waits_and_then_refuses(deployment):
    record, recorder = Record(deployment), Counting(deployment)
    recorder.gate.clear()
    writer = writer_of(recorder, group_rows=2)

    with writer:
        tasks = [
            asyncio.create_task(writer.submit(record.submission([record.label(f"i{n}", "ann")])))
            for n in range(7)
        ]
        await asyncio.sleep(0.05)
        recorder.gate.set()

    assert sum(outcome.accepted for outcome in await asyncio.gather(*tasks)) == 7
    with pytest.raises(Busy, match="stopping"):
        await writer.submit(record.submission([]))


async def test_a_caller_who_goes_away_takes_nothing_back(deployment):
    record, recorder = Record(deployment), Counting(deployment)
    recorder.gate.clear()

    with writer_of(recorder) as writer:
        gone = asyncio.create_task(writer.submit(record.submission([record.label("i1", "ann")])))
        stays = asyncio.create_task(writer.submit(record.submission([record.label("i2", "ann")])))
        await asyncio.sleep(0.05)
        gone.cancel()
        recorder.gate.set()
        await stays

    assert [item for item, _, _ in record.current()] == ["i1", "i2"]


async def test_no_answer_comes_before_the_commit(deployment):
    record, recorder = Record(deployment), Counting(deployment)
    recorder.gate.clear()

    with writer_of(recorder) as writer:
        task = asyncio.create_task(writer.submit(record.submission([record.label("i1", "ann")])))
        await asyncio.sleep(0.1)
        assert not task.done()
        recorder.gate.set()
        await task
        assert record.current() == [("i1", "ann", "yes")]


async def test_a_recorder_that_cannot_be_made_is_told_to_those_who_wait(deployment):
    made = []

    def make():
        made.append(time.monotonic())
        if len(made) == 1:
            raise Busy("not yet")
        return Recorder(deployment.engine, deployment.vault)

    record = Record(deployment)
    with GroupWriter(make, group_rows=10, queue_rows=10) as writer:
        with pytest.raises(Busy, match="not yet"):
            await writer.submit(record.submission([record.label("i1", "ann")]))
        outcome = await writer.submit(record.submission([record.label("i1", "ann")]))

    assert outcome.accepted == 1
