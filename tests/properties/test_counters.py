"""The laws of counting, for every counter found: sums over items, nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from blocks import (
    N_LABELERS,
    N_LABELS,
    Rows,
    renamed,
    rows,
    same_counts,
    split_anywhere,
    unordered,
    without_groups,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from labeltrust import counts
from labeltrust.counts import Counter, Counts, split
from labeltrust.discovery import discover

COUNTERS: dict[str, Counter[Counts]] = discover(counts, "COUNTER", Counter)
every_counter = pytest.mark.parametrize("name", COUNTERS)
few = settings(max_examples=40, deadline=None)


@every_counter
@few
@given(whole=rows(), part=st.lists(st.integers(0, 3), min_size=8, max_size=8))
def test_the_count_of_the_whole_is_the_sum_over_any_split_by_item(name, whole, part):
    count = COUNTERS[name].count

    blocks = split_anywhere(whole, np.array(part))
    total = sum((count(b) for b in blocks[1:]), start=count(blocks[0]))

    assert same_counts(total, count(whole.block()))


@every_counter
@few
@given(whole=rows(), n=st.integers(1, 9))
def test_the_count_of_the_whole_is_the_sum_over_the_split_by_hash(name, whole, n):
    count = COUNTERS[name].count

    blocks = split(whole.block(), n)
    total = sum((count(b) for b in blocks[1:]), start=count(blocks[0]))

    assert sum(b.n for b in blocks) == whole.item.size
    assert same_counts(total, count(whole.block()))


@every_counter
@few
@given(whole=rows(), seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_does_not_matter(name, whole, seed):
    count = COUNTERS[name].count

    order = np.random.default_rng(seed).permutation(whole.item.size)

    assert same_counts(count(whole.take(order).block()), count(whole.block()))


@every_counter
@few
@given(
    whole=rows(),
    labelers=st.permutations(range(N_LABELERS)),
    labels=st.permutations(range(N_LABELS)),
)
def test_renaming_labelers_and_labels_changes_nothing_else(name, whole, labelers, labels):
    count = COUNTERS[name].count
    who, what = np.array(labelers), np.array(labels)

    other = count(_renamed_rows(whole, who, what).block())

    assert same_counts(other, renamed(count(whole.block()), who, what))


@every_counter
@few
@given(whole=rows(), seed=st.integers(0, 2**32 - 1))
def test_renaming_items_moves_them_between_groups_only(name, whole, seed):
    count = COUNTERS[name].count
    ids = np.random.default_rng(seed).choice(10**12, 8, replace=False)

    other = replace(whole, item=ids[whole.item], gold=(ids[whole.gold[0]], whole.gold[1]))

    assert same_counts(without_groups(count(other.block())), without_groups(count(whole.block())))


@every_counter
@few
@given(whole=rows())
def test_duplicated_items_double_the_counts(name, whole):
    count = COUNTERS[name].count

    once, twice = count(whole.block()), count(_twice(whole).block())

    assert same_counts(without_groups(twice), without_groups(once + once))


def _renamed_rows(whole: Rows, labelers: np.ndarray, labels: np.ndarray) -> Rows:
    values = np.empty(N_LABELS)
    values[labels] = whole.values
    return replace(
        whole,
        labeler=labelers[whole.labeler],
        label=labels[whole.label],
        gold=(whole.gold[0], labels[whole.gold[1]]),
        values=tuple(values),
    )


def _twice(whole: Rows) -> Rows:
    return replace(
        whole,
        item=np.concatenate([whole.item, whole.item + 100]),
        labeler=np.tile(whole.labeler, 2),
        label=np.tile(whole.label, 2),
        occurred_us=np.tile(whole.occurred_us, 2),
        gold=(np.concatenate([whole.gold[0], whole.gold[0] + 100]), np.tile(whole.gold[1], 2)),
    )


def test_a_table_of_pairs_is_compared_with_the_smaller_code_first():
    whole = Rows(
        item=np.array([1, 1]),
        labeler=np.array([3, 0]),
        label=np.array([2, 1]),
        occurred_us=np.zeros(2, dtype=int),
        gold=(np.array([], dtype=int), np.array([], dtype=int)),
    )

    table = COUNTERS["pairs"].count(whole.block()).table

    assert [i.tolist() for i in unordered(table).index] == [[0], [3], [1], [2]]
