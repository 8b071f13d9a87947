"""The writer in a process of its own: same promises, and a child that may die."""

import asyncio
import os
import signal
from multiprocessing import active_children

import pytest
import uvloop
from records import Record
from sqlalchemy import text

from labeltrust.domain.errors import Busy, NotFound
from labeltrust.store.writer_apart import ApartWriter


@pytest.fixture
def writer(deployment):
    return ApartWriter(deployment.settings, deployment.vault)


async def test_every_caller_gets_the_outcome_of_its_own_events(deployment, writer):
    record = Record(deployment)
    events = [record.label(f"i{n}", f"l{n % 3}") for n in range(60)]

    with writer:
        outcomes = await asyncio.gather(*(writer.submit(record.submission([e])) for e in events))
        again = await writer.submit(record.submission(events))

    assert len({outcome.receipts[0].sequence for outcome in outcomes}) == 60
    assert again.receipts == tuple(outcome.receipts[0] for outcome in outcomes)
    assert (again.duplicates, writer.waiting_rows) == (60, 0)
    assert len(record.current()) == 60


async def test_problems_and_large_deliveries_come_back_whole(deployment, writer):
    record = Record(deployment)
    events = [record.label(f"i{n}", "ann", content={"text": "ü" * 100}) for n in range(900)]
    events += [record.label("x", "ann", None), record.label("y", "ann", project="nowhere")]

    with writer:
        outcome = await writer.submit(record.submission(events, body=os.urandom(900_000)))

    assert (outcome.accepted, outcome.quarantined) == (900, 2)
    assert [p.code for p in outcome.problems] == ["label_missing", "unknown_project"]


async def test_errors_come_back_as_what_they_are(deployment, writer):
    record = Record(deployment)

    with writer:
        good = writer.submit(record.submission([record.label("i1", "ann")]))
        bad = writer.submit(record.submission([], source="no-such-source"))
        found = await asyncio.gather(good, bad, return_exceptions=True)

    assert found[0].accepted == 1
    assert isinstance(found[1], NotFound)
    assert "no-such-source" in str(found[1])


async def test_beyond_its_queue_it_says_busy(deployment, writer):
    record = Record(deployment)
    large = record.submission([], body=bytes(deployment.settings.queue_rows * 1_024))

    with writer:
        first = asyncio.create_task(writer.submit(large))
        await asyncio.sleep(0)
        while not writer.waiting_rows:  # noqa: ASYNC110 - until a thread has packed it
            await asyncio.sleep(0.01)
        with pytest.raises(Busy, match="wait to be written"):
            await writer.submit(record.submission([record.label("i1", "ann")]))
        await first
        assert (await writer.submit(record.submission([record.label("i1", "ann")]))).accepted == 1


async def test_a_killed_writer_fails_those_who_wait_and_is_started_again(deployment, writer):
    record = Record(deployment)
    event = record.label("i1", "ann")

    with writer:
        await writer.submit(record.submission([record.label("i0", "ann")]))
        os.kill(writer.pid, signal.SIGSTOP)
        waiting = asyncio.create_task(writer.submit(record.submission([event])))
        await asyncio.sleep(0.05)
        os.kill(writer.pid, signal.SIGKILL)
        with pytest.raises(Busy, match="send the events again"):
            await waiting
        outcome = await writer.submit(record.submission([event]))

    assert outcome.accepted + outcome.duplicates == 1
    assert [item for item, _, _ in record.current()] == ["i0", "i1"]


async def test_signals_to_the_whole_group_leave_the_writing_to_its_end(deployment, writer):
    record = Record(deployment)

    with writer:
        await writer.submit(record.submission([record.label("i1", "ann")]))
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(writer.pid, number)
        await asyncio.sleep(0.1)
        assert writer.is_alive
        outcome = await writer.submit(record.submission([record.label("i2", "ann")]))

    assert outcome.accepted == 1
    assert not writer.is_alive


async def test_leaving_writes_what_was_sent(deployment, writer):
    record = Record(deployment)

    with writer:
        await writer.submit(record.submission([record.label("i0", "ann")]))
        tasks = [
            asyncio.create_task(writer.submit(record.submission([record.label(f"i{n}", "ann")])))
            for n in range(1, 20)
        ]
        await asyncio.sleep(0.02)

    assert len(record.current()) == 20
    for task in tasks:
        task.cancel()
    with pytest.raises(Busy, match="stopping"):
        await writer.submit(record.submission([]))


def test_under_the_loop_of_servers_the_child_has_ended_when_it_was_left(deployment, writer):
    """It was waited for half a minute there: the end of the line was to be sent after the wait."""
    record = Record(deployment)

    async def leave():
        with writer:
            await writer.submit(record.submission([record.label("i0", "ann")]))
        return [child.pid for child in active_children()]

    assert uvloop.run(leave()) == []


async def test_a_missing_schema_is_told_to_those_who_wait(deployment, writer):
    record = Record(deployment)
    with deployment.engine.execution_options(labeltrust_writes=True).begin() as connection:
        connection.execute(text("DROP TABLE installation"))

    with writer, pytest.raises(RuntimeError, match="installation"):
        await writer.submit(record.submission([record.label("i1", "ann")]))
