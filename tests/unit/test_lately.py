"""Values read lately: one reading for many who ask, and none that is too old."""

import asyncio
import threading
import time

import pytest

from labeltrust.services.lately import Lately


class Reader:
    """Counts its readings; `answer` is what the next one returns or raises."""

    def __init__(self):
        self.n, self.answer, self.gate = 0, "first", threading.Event()
        self.gate.set()

    def __call__(self):
        self.n += 1
        self.gate.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def test_many_who_ask_at_once_are_answered_by_one_reading():
    read, known = Reader(), Lately(10.0)

    found = await asyncio.gather(*(known.get("k", read) for _ in range(50)))

    assert set(found) == {"first"}
    assert read.n == 1


async def test_a_value_is_read_again_in_the_background_before_it_is_too_old():
    read, known = Reader(), Lately(0.4)
    await known.get("k", read)
    read.answer = "second"
    await asyncio.sleep(0.25)
    read.gate.clear()

    began = time.monotonic()
    assert await known.get("k", read) == "first"
    assert time.monotonic() - began < 0.1
    read.gate.set()
    await asyncio.sleep(0.05)

    assert await known.get("k", read) == "second"
    assert read.n == 2


async def test_no_value_is_returned_that_is_too_old():
    read, known = Reader(), Lately(0.1)
    await known.get("k", read)
    read.answer = "second"
    await asyncio.sleep(0.15)

    assert await known.get("k", read) == "second"


async def test_what_cannot_be_read_is_raised_and_forgotten():
    read, known = Reader(), Lately(0.2)
    await known.get("k", read)
    read.answer = LookupError("revoked")
    await asyncio.sleep(0.12)

    assert await known.get("k", read) == "first"
    await asyncio.sleep(0.05)
    with pytest.raises(LookupError):
        await known.get("k", read)
    read.answer = "third"
    assert await known.get("k", read) == "third"


async def test_a_caller_who_goes_away_takes_the_reading_from_nobody():
    read, known = Reader(), Lately(10.0)
    read.gate.clear()
    gone = asyncio.create_task(known.get("k", read))
    stays = asyncio.create_task(known.get("k", read))
    await asyncio.sleep(0.02)

    gone.cancel()
    read.gate.set()

    assert await stays == "first"


async def test_what_was_forgotten_is_read_anew_though_a_reading_was_under_way():
    read, known = Reader(), Lately(10.0)
    read.gate.clear()
    early = asyncio.create_task(known.get("k", read))
    await asyncio.sleep(0.02)

    known.forget()
    read.gate.set()
    await early
    read.answer = "second"

    assert await known.get("k", read) == "second"


async def test_zero_seconds_remember_nothing():
    read, known = Reader(), Lately(0.0)

    await known.get("k", read)
    await known.get("k", read)

    assert read.n == 2


async def test_a_renewed_value_is_read_now_whatever_is_remembered():
    read, known = Reader(), Lately(60.0)
    await known.get("k", read)
    read.answer = "second"
    await asyncio.sleep(0.25)

    assert await known.get("k", read) == "first"
    assert await known.renewed("k", read) == "second"
    assert await known.get("k", read) == "second"


async def test_renewing_again_and_again_reads_a_few_times_a_second():
    read, known = Reader(), Lately(60.0)

    began = time.monotonic()
    for _ in range(20):
        await known.renewed("k", read)

    assert read.n <= 1 + (time.monotonic() - began) / 0.05


async def test_what_changed_a_moment_after_a_reading_is_seen():
    """A secret rotated just after the secrets were read was refused."""
    read, known = Reader(), Lately(60.0)
    assert await known.renewed("k", read) == "first"
    read.answer = "second"

    assert await known.renewed("k", read) == "second"


async def test_what_changed_during_a_reading_is_seen():
    """Who asks while others wait for a reading is answered by one that began later."""
    read, known = Reader(), Lately(60.0)
    read.gate.clear()
    early = asyncio.create_task(known.renewed("k", read))
    await asyncio.sleep(0.01)
    late = asyncio.create_task(known.renewed("k", read))
    await asyncio.sleep(0.01)
    read.gate.set()
    await early
    at_first = read.n

    await late

    assert (at_first, read.n) == (1, 2)


async def test_a_flood_is_answered_by_the_last_reading_and_does_not_wait():
    read, known = Reader(), Lately(60.0)
    await known.renewed("k", read)
    read.answer = "second"

    answers = await asyncio.gather(*(known.renewed("k", read) for _ in range(500)))

    assert answers.count("second") == 16
    assert read.n == 2


async def test_many_who_renew_at_once_share_one_reading():
    read, known = Reader(), Lately(60.0)

    await asyncio.gather(*(known.renewed("k", read) for _ in range(50)))

    assert read.n == 1


async def test_nothing_is_remembered_for_no_time_at_all():
    read, known = Reader(), Lately(0.0)

    await known.renewed("k", read)
    await known.renewed("k", read)

    assert read.n == 2
