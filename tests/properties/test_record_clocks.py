"""Time: what a source claims is kept, and marked where it cannot be."""

from datetime import timedelta

import pytest
from factories import START
from hypothesis import given, settings
from hypothesis import strategies as st
from records import Record, chain_rows

from labeltrust.domain.clock import microseconds

OLDEST, NEWEST = timedelta(days=30), timedelta(minutes=5)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("offset", "doubted"),
    [
        (-OLDEST, False),
        (-OLDEST - TICK, True),
        (NEWEST, False),
        (NEWEST + TICK, True),
        (timedelta(0), False),
        (timedelta(days=-20_000), True),
        (timedelta(days=30_000), True),
    ],
)
@pytest.mark.parametrize("field", ["occurred_at", "revised_at"])
def test_a_claim_outside_the_window_is_kept_and_marked(deployment, field, offset, doubted):
    record = Record(deployment)

    outcome = record.send(record.label("i1", "ann", **{field: START + offset}))

    row = chain_rows(deployment, record.project)[-1]
    kept = row.occurred_us if field == "occurred_at" else row.revised_us
    assert kept == microseconds(START + offset)
    assert (row.clock_doubted, outcome.doubted) == (doubted, int(doubted))
    assert record.judgments().doubted.tolist() == [int(doubted)]


def test_an_old_file_is_taken_in_whole(deployment):
    record = Record(deployment)
    old = [
        record.label(f"i{n}", "ann", occurred_at=START - timedelta(days=3_000 + n))
        for n in range(5)
    ]

    outcome = record.send(*old, spread=True)

    assert (outcome.accepted, outcome.doubted, outcome.problems) == (5, 5, ())


@given(micros=st.integers(-(10**15), 10**15))
@settings(max_examples=30)
def test_times_come_back_to_the_microsecond(deployment, micros):
    record = Record(deployment)
    moment = START + timedelta(microseconds=micros)

    record.send(record.label("i1", "ann", occurred_at=moment))

    assert record.judgments().occurred_us.tolist() == [microseconds(moment)]


def test_every_row_of_a_file_has_a_received_time_of_its_own(deployment):
    record = Record(deployment)

    record.send(*(record.label(f"i{n}", "ann") for n in range(4)), spread=True)

    received = record.judgments().received_us.tolist()
    assert received == [microseconds(START) + n for n in range(4)]


def test_events_of_one_call_share_the_time_of_the_call(deployment):
    record = Record(deployment)

    record.send(*(record.label(f"i{n}", "ann") for n in range(4)))

    assert set(record.judgments().received_us.tolist()) == {microseconds(START)}
