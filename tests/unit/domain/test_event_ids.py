"""Derived event ids: the same facts get the same ids, and no two facts share one."""

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from factories import gold, label
from hypothesis import given
from hypothesis import strategies as st

from labeltrust.domain.event_ids import derive_event_ids
from labeltrust.domain.events import Event

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)


def ids(*events, source="s"):
    return [one.event_id for one in derive_event_ids(events, source, Counter())]


def test_the_same_file_twice_gives_the_same_ids():
    rows = [label("i1"), label("i2"), label("i1"), label("i1", label="fraud")]

    assert ids(*rows) == ids(*rows)
    assert len(set(ids(*rows))) == 4


def test_a_row_that_stands_twice_gives_two_ids_and_the_counter_spans_the_pieces():
    seen = Counter()

    first = derive_event_ids([label()], "s", seen)
    second = derive_event_ids([label()], "s", seen)

    assert [first[0].event_id, second[0].event_id] == ids(label(), label())
    assert first[0].event_id != second[0].event_id


def test_an_event_with_an_id_keeps_it_and_is_not_counted():
    assert ids(label(event_id="own"), label())[1:] == ids(label())


@pytest.mark.parametrize(
    "change",
    [
        {"item": "i2"},
        {"labeler": "bob"},
        {"question": "severity"},
        {"label": "fraud"},
        {"label": ["benign"]},
        {"project": "other"},
        {"occurred_at": AT},
        {"revised_at": AT},
        {"replicate": 1},
        {"annotation_id": "a7"},
        {"type": "label.withdrawn"},
        {"labeler": None},
    ],
)
def test_whatever_makes_another_fact_makes_another_id(change):
    assert ids(msgspec.structs.replace(label(), **change)) != ids(label())


def test_another_source_makes_another_id():
    assert ids(label(), source="s") != ids(label(), source="t")


@pytest.mark.parametrize(
    "change", [{"duration_seconds": 3.0}, {"content": {"text": "x"}}, {"detail": {"vendor": "n"}}]
)
def test_what_is_said_beside_a_label_is_not_its_identity(change):
    assert ids(label(**change)) == ids(label())


def test_a_number_has_the_same_id_as_its_text():
    assert ids(label(label=1)) == ids(label(label=1.0)) == ids(label(label="1"))
    assert ids(label(label=True)) == ids(label(label="true"))


def test_a_time_has_the_same_id_in_every_zone():
    elsewhere = AT.astimezone(timezone(timedelta(hours=2)))

    assert ids(label(occurred_at=AT)) == ids(label(occurred_at=elsewhere))


def test_parts_do_not_run_into_each_other():
    assert ids(label("ab", "c")) != ids(label("a", "bc"))
    assert ids(label('a","b', "c")) != ids(label("a", 'b","c'))


def test_descriptions_differ_by_their_content_and_gold_is_no_description():
    described = [
        Event(type="item.described", project="fraud", item="i1", content={"text": text})
        for text in ("one", "two")
    ]

    assert len(set(ids(*described, gold("i1"), gold("i1", type="gold.withdrawn")))) == 4


@given(
    st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3), st.sampled_from("xy"))),
    st.integers(0, 5),
)
def test_ids_are_distinct_and_do_not_depend_on_how_a_file_is_cut(rows, at):
    events = [label(item, labeler, label=word) for item, labeler, word in rows]
    seen = Counter()

    cut = derive_event_ids(events[:at], "s", seen) + derive_event_ids(events[at:], "s", seen)

    assert [one.event_id for one in cut] == ids(*events)
    assert len(set(ids(*events))) == len(events)
