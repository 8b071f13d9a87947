"""Identity: opaque ids inside, names in one table, nothing merges unless told."""

import pytest
from factories import START
from hypothesis import given, settings
from hypothesis import strategies as st
from records import Record, at
from sqlmodel import col, select

from labeltrust.store.installation import raise_epoch
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.tables import ItemAlias, LabelerAlias

# Any text that JSON can carry and both databases can keep.
outside_ids = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=40
)
AWKWARD = ["/", "@", "a/b@c d", "..", "%2F", "'; DROP TABLE event; --", "🦉" * 30, "x" * 10_000]


@given(pairs=st.lists(st.tuples(outside_ids, outside_ids), min_size=1, max_size=12, unique=True))
@settings(max_examples=40)
def test_every_outside_id_comes_back_as_it_was_sent(deployment, pairs):
    record = Record(deployment)

    record.send(*(record.label(item, labeler) for item, labeler in pairs))

    assert record.current() == sorted((item, labeler, "yes") for item, labeler in pairs)


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_ids_are_ids_like_any_other(deployment, name):
    record = Record(deployment)

    record.send(record.label(name, name))

    assert record.current() == [(name, name, "yes")]


def test_equal_ids_of_two_sources_are_two_labelers_and_two_items(deployment):
    record = Record(deployment)
    record.add_source(f"{record.source}-b")

    record.send(record.label("i1", "ann", "a"))
    record.send(record.label("i1", "ann", "b"), source=f"{record.source}-b")

    loaded = record.judgments()
    assert len(loaded.labelers) == 2
    assert len(set(loaded.item.tolist())) == 2


def test_sources_that_share_ids_speak_of_the_same_labelers_and_items(deployment):
    record = Record(deployment, id_space="staff")
    record.add_source(f"{record.source}-b", id_space="staff")

    record.send(record.label("i1", "ann", "a", occurred_at=START))
    later = record.label("i1", "ann", "b", occurred_at=at(1, START))
    record.send(later, source=f"{record.source}-b")

    assert record.current() == [("i1", "ann", "b")]


def test_equal_item_ids_of_two_projects_are_two_items(deployment):
    one, two = Record(deployment, id_space="staff"), Record(deployment, id_space="staff")

    one.send(one.label("i1", "ann"))
    two.send(two.label("i1", "ann"))

    assert one.judgments().item.tolist() != two.judgments().item.tolist()
    assert one.judgments().labelers == two.judgments().labelers


def merge(deployment, table, field, outside, into):
    with unit_of_work(deployment.engine) as session:
        rows = {
            row.outside_id: row
            for row in session.exec(select(table).where(col(table.outside_id).in_([outside, into])))
        }
        setattr(rows[outside], field, rows[into].id)
        raise_epoch(session)


def test_merged_labelers_are_one_and_split_again_are_two(deployment):
    record = Record(deployment)
    one, two = f"a-{record.source}", f"b-{record.source}"
    record.send(record.label("i1", one, "old", occurred_at=START))
    newer = record.label("i1", two, "new", occurred_at=at(1, START))
    record.send(newer, record.label("i2", one, "x"))
    apart = record.current()

    merge(deployment, LabelerAlias, "labeler_id", two, one)

    assert record.current() == [("i1", one, "new"), ("i2", one, "x")]
    merge(deployment, LabelerAlias, "labeler_id", two, two)
    assert record.current() == apart


def test_a_chain_of_merges_ends_at_its_last_name(deployment):
    record = Record(deployment)
    names = [f"{letter}-{record.source}" for letter in "abc"]
    record.send(*(record.label(f"i{n}", name) for n, name in enumerate(names)))

    merge(deployment, LabelerAlias, "labeler_id", names[0], names[1])
    merge(deployment, LabelerAlias, "labeler_id", names[1], names[2])

    assert [labeler.name for labeler in record.judgments().labelers] == [names[2]]


def test_merged_items_are_one(deployment):
    record = Record(deployment)
    one, two = f"a-{record.source}", f"b-{record.source}"
    record.send(record.label(one, "ann", "x"), record.label(two, "bob", "y"))

    merge(deployment, ItemAlias, "item_id", two, one)

    assert record.current() == [(one, "ann", "x"), (one, "bob", "y")]


def test_a_name_is_remembered_once_however_often_it_comes(deployment):
    record = Record(deployment)

    for n in range(3):
        record.send(record.label(f"i{n}", f"ann-{record.source}"))

    with reading(deployment.engine) as session:
        wanted = select(LabelerAlias).where(LabelerAlias.outside_id == f"ann-{record.source}")
        assert len(session.exec(wanted).all()) == 1
