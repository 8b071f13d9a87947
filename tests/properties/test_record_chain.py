"""The chain: gapless, linked, receipted; whatever is changed behind its back is found."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from factories import owner
from hypothesis import given, settings
from hypothesis import strategies as st
from records import Record, chain_rows
from sqlalchemy import text

from labeltrust.ledger.leaf import START, next_head
from labeltrust.services.verify_ledger import verify_ledger
from labeltrust.store.chaining import COLUMNS
from labeltrust.store.history import append
from labeltrust.store.recording import Recorder
from labeltrust.store.session import unit_of_work

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1)
details = st.dictionaries(words, st.none() | st.integers(-(2**53), 2**53) | words, max_size=3)
events = st.fixed_dictionaries(
    {"item": words, "labeler": words, "word": words.filter(lambda w: len(w.encode()) < 1_000)},
    optional={
        "duration_seconds": st.floats(0, 1e6),
        "annotation_id": words,
        "content": details,
        "detail": details,
        "replicate": st.integers(0, 2**31 - 1),
        "labeler_kind": st.sampled_from(["human", "model"]),
    },
)


@given(batches=st.lists(st.lists(events, max_size=4), max_size=4))
@settings(max_examples=40)
def test_whatever_is_recorded_verifies_and_every_receipt_is_found(deployment, batches):
    record = Record(deployment)

    outcomes = [record.send(*(record.label(**e) for e in batch)) for batch in batches]

    rows = chain_rows(deployment, record.project)
    assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
    leaves = {row.sequence: row.leaf.hex() for row in rows}
    for receipt in (r for outcome in outcomes for r in outcome.receipts):
        assert (receipt.chain, leaves[receipt.sequence]) == (record.project, receipt.leaf)
    head = START
    for row in rows:
        assert row.previous == head
        head = next_head(head, row.leaf)
    assert verify_ledger(deployment, owner()).ok


def test_decisions_and_events_share_one_chain_without_gaps(deployment, clock):
    record = Record(deployment)

    for n in range(3):
        record.send(record.label(f"i{n}", "ann"))
        with unit_of_work(deployment.engine) as session:
            append(session, chain=record.project, type="t", actor="os:a", at=clock(), detail={})

    rows = chain_rows(deployment, record.project)
    assert [row.sequence for row in rows] == list(range(1, 8))
    assert verify_ledger(deployment, owner()).ok


def test_writers_in_parallel_make_one_chain_without_forks(deployment):
    record = Record(deployment)

    def write(writer):
        recorder = Recorder(deployment.engine, deployment.vault)
        for n in range(6):
            event = record.label(f"i{writer}-{n}", f"l{n % 2}-{record.source}")
            recorder.record([record.submission([event])])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))

    rows = chain_rows(deployment, record.project)
    assert [row.sequence for row in rows] == list(range(1, 26))
    assert verify_ledger(deployment, owner()).ok


def unguarded(deployment, *statements):
    """Change the record as its administrator could, who first drops the guards."""
    with deployment.engine.execution_options(labeltrust_writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            for table in ("event", "delivery", "labeler_alias", "item_alias"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        else:
            found = connection.execute(text("SELECT name FROM sqlite_master WHERE type='trigger'"))
            for name in found.scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            connection.exec_driver_sql(statement)


ALL = "UPDATE event SET {} WHERE sequence = {} AND type = 'label.submitted'"
FIELDS = [
    "label = 'no'", "occurred_us = 1", "revised_us = 1", "received_us = received_us + 1",
    "source_id = NULL", "event_id = 'x'", "delivery_id = NULL", "position = 7", "key_id = 'k'",
    "actor = 'os:eve'", "item_alias_id = item_alias_id + 1", "labeler_alias_id = NULL",
    "question_id = NULL", "replicate = 5", "annotation_id = 'n'", "duration_seconds = 1",
    "detail = '{\"a\":1}'", "parser = 'x'", "type = 'label.withdrawn'", "version = version + 1",
]  # fmt: skip


@pytest.mark.parametrize("change", FIELDS)
def test_any_field_that_is_changed_names_its_record(deployment, change):
    record = Record(deployment)
    record.send(*(record.label(f"i{n}", f"l{n}") for n in range(6)))

    unguarded(deployment, ALL.format(change, 4))

    broken = [c for c in verify_ledger(deployment, owner()).chains if c.problem]
    assert [(c.name, c.first_bad) for c in broken] == [(record.project, 4)]


ADDED = ", ".join({"sequence": "8", "event_id": "'x'"}.get(name, name) for name in COLUMNS)
MOVES = {
    "the first is gone": ("DELETE FROM event WHERE sequence = 1", 1),
    "one is gone": ("DELETE FROM event WHERE sequence = 3", 3),
    "the last is gone": ("DELETE FROM event WHERE sequence = 7", 7),
    "one is added": (f"INSERT INTO event SELECT {ADDED} FROM event WHERE sequence = 7", 8),  # noqa: S608
}


@pytest.mark.parametrize("name", MOVES)
def test_a_record_that_is_gone_or_added_is_named(deployment, name):
    record = Record(deployment)
    record.send(*(record.label(f"i{n}", f"l{n}") for n in range(6)))
    sql, place = MOVES[name]

    unguarded(deployment, f"{sql} AND {of_chain(record)}")

    broken = [c for c in verify_ledger(deployment, owner()).chains if c.problem]
    assert [(c.name, c.first_bad) for c in broken] == [(record.project, place)]


def of_chain(record):
    return f"chain_id = (SELECT id FROM chain WHERE name = '{record.project}')"  # noqa: S608


def test_a_head_that_was_put_back_is_found(deployment):
    record = Record(deployment)
    record.send(*(record.label(f"i{n}", f"l{n}") for n in range(6)))
    older = f"(SELECT previous FROM event WHERE sequence = 7 AND {of_chain(record)})"  # noqa: S608

    unguarded(deployment, f"UPDATE chain SET head = {older} WHERE name = '{record.project}'")  # noqa: S608

    broken = [c for c in verify_ledger(deployment, owner()).chains if c.problem]
    assert [(c.name, c.first_bad) for c in broken] == [(record.project, 7)]


def test_two_records_that_are_swapped_are_found(deployment):
    record = Record(deployment)
    record.send(*(record.label(f"i{n}", f"l{n}") for n in range(6)))
    move = "UPDATE event SET sequence = {} WHERE sequence = {} AND {}"
    moves = [(900, 3), (3, 5), (5, 900)]

    unguarded(deployment, *(move.format(*places, of_chain(record)) for places in moves))

    broken = [c for c in verify_ledger(deployment, owner()).chains if c.problem]
    assert [(c.name, c.first_bad) for c in broken] == [(record.project, 3)]


def test_names_that_are_swapped_are_found_though_no_record_changed(deployment):
    record = Record(deployment)
    record.send(record.label("i1", "ann"), record.label("i1", "bob"))

    unguarded(
        deployment,
        "UPDATE labeler_alias SET outside_id = "
        "CASE outside_id WHEN 'ann' THEN 'bob' ELSE 'ann' END",
    )

    report = verify_ledger(deployment, owner())
    assert not report.ok
    assert len(report.renamed) == 2


def test_the_database_itself_refuses_to_change_history(deployment):
    record = Record(deployment)
    record.send(record.label("i1", "ann"))
    acts = [
        "UPDATE event SET label = 'no'", "DELETE FROM event", "DELETE FROM delivery",
        "UPDATE delivery SET digest = digest", "DELETE FROM labeler_alias",
        "UPDATE item_alias SET pseudonym = pseudonym",
    ]  # fmt: skip

    for act in acts:
        with (
            pytest.raises(Exception, match="append-only"),
            deployment.engine.begin() as connection,
        ):
            connection.execute(text(act))
