"""What a machine of a cluster does, without a cluster: Arrow batches in, Arrow batches out."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from blocks import drawn, rows
from hypothesis import given, settings
from hypothesis import strategies as st
from parts import parts_crowd

from labeltrust import counts
from labeltrust.counts import Counter, Counts
from labeltrust.discovery import discover
from labeltrust.domain.errors import InvalidInput
from labeltrust.engine import local
from labeltrust.engine._bytes import from_bytes, to_bytes
from labeltrust.engine._parts import COUNTED, READ, add_parts, count_part, total_of
from labeltrust.engine._scatter import scatter, space_of
from labeltrust.engine.adding import FAN_IN
from labeltrust.inference.medoid import alike_or_not

COUNTERS: dict[str, Counter[Counts]] = discover(counts, "COUNTER", Counter)


def on_machines(judgments, parts, rng, counters=COUNTERS):
    """Count as a cluster does: parts in any order, in pieces of any size, groups in any order."""
    space = space_of(judgments, parts)
    with TemporaryDirectory() as folder:
        tables = [pq.read_table(path) for path in scatter(judgments, Path(folder), parts)]
    rng.shuffle(tables)
    counted = [
        row
        for table in tables
        for row in count_part(table.to_batches(int(rng.integers(1, 9))), space, counters)
    ]
    groups = {(b["counter"][0].as_py(), b["part_group"][0].as_py()): [] for b in counted}
    for row in counted:
        groups[row["counter"][0].as_py(), row["part_group"][0].as_py()].append(row)
    added = [row for group in groups.values() for row in add_parts(group, counters)]
    rng.shuffle(added)
    return total_of(pa.Table.from_batches(added, COUNTED), counters, judgments.n)


def same_bits(one, two):
    return {name: to_bytes(found) for name, found in one.items()} == {
        name: to_bytes(found) for name, found in two.items()
    }


@settings(max_examples=30)
@given(rows().filter(lambda drawn: drawn.item.size), st.integers(1, 2 * FAN_IN), st.randoms())
def test_parts_add_up_to_the_same_bits_as_in_one_process(whole, parts, random):
    judgments = whole.block()

    found = on_machines(judgments, parts, np.random.default_rng(random.randrange(1 << 30)))

    assert same_bits(found, local.count(judgments, COUNTERS, partitions=parts))


@pytest.mark.parametrize("kind", ["set", "spans", "boxes", "text"])
def test_labels_with_parts_are_counted_alike(kind):
    judgments = parts_crowd(kind, 2, n_items=60).block()
    by_parts = {name: COUNTERS[name] for name in ("exchange", "likeness")}
    classes = alike_or_not(judgments)  # its rows are not in order of their new labels

    for view, counters in ((judgments, by_parts), (classes, COUNTERS)):
        found = on_machines(view, 5, np.random.default_rng(2), counters)

        assert same_bits(found, local.count(view, counters, partitions=5))


def test_a_lost_part_is_noticed():
    judgments = drawn(np.random.default_rng(3), 40).block()
    space = space_of(judgments, 2)
    with TemporaryDirectory() as folder:
        first, *_ = [pq.read_table(path) for path in scatter(judgments, Path(folder), 2)]
    counted = list(count_part(first.to_batches(), space, COUNTERS))

    with pytest.raises(InvalidInput, match=f"of {judgments.n}"):
        total_of(pa.Table.from_batches(counted), COUNTERS, judgments.n)


def test_a_part_that_mixes_buckets_is_refused():
    judgments = drawn(np.random.default_rng(4), 40).block()
    with TemporaryDirectory() as folder:
        whole = [pq.read_table(path) for path in scatter(judgments, Path(folder), 1)]

    with pytest.raises(InvalidInput, match="buckets of 3"):
        list(count_part(whole[0].to_batches(), space_of(judgments, 3), COUNTERS))


def test_a_labeler_outside_the_question_is_refused():
    judgments = drawn(np.random.default_rng(5), 40).block()
    with TemporaryDirectory() as folder:
        (whole,) = [pq.read_table(path) for path in scatter(judgments, Path(folder), 1)]
    space = replace(space_of(judgments, 1), labeler_ids=np.array([0, 1, 2, 3]))

    with pytest.raises(InvalidInput, match="labeler 4 is none of the 4"):
        list(count_part(whole.to_batches(), space, COUNTERS))


def test_judgments_of_sources_left_out_do_not_count():
    judgments = drawn(np.random.default_rng(6), 40).block()
    with TemporaryDirectory() as folder:
        (whole,) = [pq.read_table(path) for path in scatter(judgments, Path(folder), 1)]
    space = replace(space_of(judgments, 1), without_sources=(0,))

    (row,) = count_part(whole.to_batches(), space, {"majority": COUNTERS["majority"]})

    found = from_bytes(COUNTERS["majority"].counts, row["counts"][0].as_py())
    assert (found.items, row["rows"][0].as_py()) == (0, judgments.n)


def test_nothing_comes_of_a_part_without_judgments():
    space = space_of(drawn(np.random.default_rng(7), 40).block(), 1)

    assert list(count_part(READ.empty_table().to_batches(), space, COUNTERS)) == []


def test_bytes_of_another_counter_are_refused():
    judgments = drawn(np.random.default_rng(8), 10).block()
    raw = to_bytes(COUNTERS["majority"].count(judgments))

    with pytest.raises(InvalidInput, match="hold no Tempo"):
        from_bytes(COUNTERS["tempo"].counts, raw)
    with pytest.raises(InvalidInput, match="hold no Majority"):
        from_bytes(COUNTERS["majority"].counts, raw[:100])
