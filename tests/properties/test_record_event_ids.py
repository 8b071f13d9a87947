"""Event ids: unique per source for ever; the same again is a duplicate, another is refused."""

import os
from collections import Counter

import msgspec
from factories import START, owner
from hypothesis import given, settings
from hypothesis import strategies as st
from records import Record, at, chain_rows

from labeltrust.domain.event_ids import derive_event_ids
from labeltrust.domain.events import Event
from labeltrust.domain.projects import ProjectChange, Question
from labeltrust.services.change_project import change_project
from labeltrust.store.drafts import OWN_PREFIX


def types(deployment, chain):
    return [row.type for row in chain_rows(deployment, chain)]


def test_the_same_event_again_is_a_duplicate_with_its_first_receipt(deployment, clock):
    record = Record(deployment)
    event = record.label("i1", "ann")
    first = record.send(event)
    clock.tick(86_400 * 400)

    again = record.send(event)

    assert (again.accepted, again.duplicates) == (0, 1)
    assert again.receipts == first.receipts
    assert types(deployment, record.project) == ["project.created", "label.submitted"]


def test_the_same_event_twice_in_one_delivery_counts_once(deployment):
    record = Record(deployment)
    event = record.label("i1", "ann")

    outcome = record.send(event, event)

    assert (outcome.accepted, outcome.duplicates) == (1, 1)
    assert outcome.receipts[0] == outcome.receipts[1]


CHANGES = [
    {"label": "no"},
    {"labeler": "bob"},
    {"item": "i2"},
    {"question": "other"},
    {"occurred_at": at(1, START)},
    {"duration_seconds": 1.0},
    {"annotation_id": "n9"},
    {"content": {"text": "other"}},
    {"item_features": {"amount": 2}},
    {"detail": {"vendor": "other"}},
    {"replicate": 1},
    {"labeler_kind": "model"},
]


@given(change=st.sampled_from(CHANGES), together=st.booleans())
@settings(max_examples=2 * len(CHANGES))
def test_any_other_content_under_a_used_id_is_refused_and_recorded_once(
    deployment, change, together
):
    record = Record(deployment)
    first = record.label("i1", "ann", occurred_at=START, content={"text": "x"})
    other = msgspec.structs.replace(first, **change)
    body = os.urandom(8)

    if together:
        outcome = record.send(first, other, body=body)
    else:
        record.send(first)
        outcome = record.send(other, body=body)
    again = record.send(other, body=body) if not together else outcome

    assert [(p.code, p.status) for p in outcome.problems] == [("event_id_reused", 409)]
    assert outcome.quarantined == 0
    assert again.problems[0].code == "event_id_reused"
    assert record.current() == [("i1", "ann", "yes")]
    assert types(deployment, record.project).count("finding.event_id_reused") == 1


def test_two_sources_may_use_the_same_id(deployment):
    record = Record(deployment)
    record.add_source(f"{record.source}-b")
    event = record.label("i1", "ann")

    record.send(event)
    outcome = record.send(event, source=f"{record.source}-b")

    assert outcome.accepted == 1


def test_a_known_event_stays_known_though_its_label_would_be_refused_now(deployment):
    record = Record(deployment)
    event = record.label("i1", "ann", "zebra")
    receipts = record.send(event).receipts
    narrow(deployment, record.project)

    again = record.send(event)

    assert (again.duplicates, again.problems, again.receipts) == (1, (), receipts)


def narrow(deployment, project):
    change = ProjectChange(questions=(Question(classes=("horse", "donkey")),))
    change_project(deployment, owner(), project, change)


def test_ids_that_are_ours_are_refused(deployment):
    record = Record(deployment)

    outcome = record.send(record.label("i1", "ann", event_id=f"{OWN_PREFIX}reused:0"))

    assert outcome.problems[0].code == "event_id_reserved"


def test_ids_too_long_for_an_index_are_ids_all_the_same(deployment):
    record = Record(deployment)
    event = record.label("i1", "ann", event_id="ü" * 10_000)

    record.send(event)
    again = record.send(event)

    assert again.duplicates == 1


rows = st.lists(
    st.tuples(
        st.sampled_from(["i1", "i2"]), st.sampled_from(["ann", "bob"]), st.sampled_from("ab")
    ),
    min_size=1,
    max_size=10,
)


@given(rows=rows)
@settings(max_examples=25)
def test_a_file_without_ids_adds_nothing_the_second_time_and_keeps_its_repeats(deployment, rows):
    record = Record(deployment)
    plain = [
        Event(type="label.submitted", project=record.project, item=item, labeler=who, label=word)
        for item, who, word in rows
    ]
    body = os.urandom(8)

    first = record.send(*derive_event_ids(plain, record.source, Counter()), body=body, spread=True)
    again = record.send(*derive_event_ids(plain, record.source, Counter()), body=body, spread=True)

    assert (first.accepted, first.duplicates) == (len(rows), 0)
    assert (again.accepted, again.duplicates) == (0, len(rows))
    assert again.delivery_id == first.delivery_id
