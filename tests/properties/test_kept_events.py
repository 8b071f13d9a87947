"""Columns kept as files beside the database: what they say is what the history says, or nothing."""

import shutil
from dataclasses import fields

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from records import Record

from labeltrust.store.judgments import asked_of
from labeltrust.store.kept_events import KeptEvents
from labeltrust.store.slices import read_events

HARMS = ("nothing", "nothing", "nothing", "gone", "cut", "turned", "first gone")


def asked(record):
    found = asked_of(record.deployment.engine, record.project, "label")
    return (found.chain_id, found.question_id), found.position


def kept(record, home):
    of, position = asked(record)
    return KeptEvents(home, record.deployment.engine, *of, fewest=1).read(position)


def plain(record):
    of, position = asked(record)
    return read_events(record.deployment.engine, *of, position)


def same(one, two):
    for field in fields(one):
        left, right = getattr(one, field.name), getattr(two, field.name)
        if isinstance(left, np.ndarray):
            assert left.dtype == right.dtype
            np.testing.assert_array_equal(left, right, err_msg=field.name)
        else:
            assert left == right, field.name
    return True


def harmed(folder, harm):
    files = sorted(folder.rglob("*.npz"))
    if harm == "gone":
        shutil.rmtree(folder, ignore_errors=True)
    if harm == "first gone" and files:
        files[0].unlink()
    if harm == "cut" and files:
        files[-1].write_bytes(files[-1].read_bytes()[:-40])
    if harm == "turned" and files:
        raw = bytearray(files[-1].read_bytes())
        raw[len(raw) // 2] ^= 1
        files[-1].write_bytes(raw)


events = st.tuples(
    st.sampled_from(["label", "label", "withdrawn", "gold"]),
    st.integers(0, 5),
    st.integers(0, 3),
    st.sampled_from("abcd"),
)
steps = st.lists(
    st.tuples(st.lists(events, min_size=1, max_size=5), st.sampled_from(HARMS)),
    min_size=1,
    max_size=25,
)


@given(steps=steps)
@settings(max_examples=15)
def test_kept_columns_are_those_of_the_history_whatever_happens_to_the_files(
    deployment, tmp_path_factory, steps
):
    record, home = Record(deployment), tmp_path_factory.mktemp("kept")
    for told, harm in steps:
        record.send(*(event_of(record, fact) for fact in told))
        harmed(home, harm)

        assert same(kept(record, home), plain(record))


def event_of(record, fact):
    kind, item, labeler, word = fact
    if kind == "gold":
        return record.event("gold.declared", item=f"i{item}", label=word)
    if kind == "withdrawn":
        return record.event("label.withdrawn", item=f"i{item}", labeler=f"l{labeler}")
    return record.label(f"i{item}", f"l{labeler}", word)


def test_only_what_is_new_is_read_and_files_come_back_byte_for_byte(deployment, tmp_path):
    record = Record(deployment)
    for round_ in range(20):
        record.send(*(record.label(f"i{round_}", f"l{k}", "ab"[k % 2]) for k in range(4)))
        kept(record, tmp_path)
        files = sorted(tmp_path.rglob("*.npz"))
        assert 1 <= len(files) <= 17

    files = sorted(tmp_path.rglob("*.npz"), key=lambda path: int(path.stem.split("-")[1]))
    first = files[0]
    whole = tmp_path / "again"
    of, _ = asked(record)
    KeptEvents(whole, deployment.engine, *of, fewest=1).read(int(first.stem.split("-")[2]))
    (again,) = whole.rglob("*.npz")

    assert again.name == first.name
    assert again.read_bytes() == first.read_bytes()


def test_files_of_another_history_are_not_taken_for_this_one(deployment, tmp_path):
    one, other = Record(deployment), Record(deployment)
    one.send(one.label("i1", "ann", "a"))
    other.send(other.label("i1", "ann", "b"))
    kept(one, tmp_path)
    (file,) = tmp_path.rglob("*.npz")
    (chain, question), _ = asked(other)
    place = tmp_path / "columns" / f"{chain}-{question}"
    place.mkdir()
    shutil.copy(file, place / file.name)

    assert same(kept(other, tmp_path), plain(other))
