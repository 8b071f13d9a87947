"""The builder of blocks, and their splitting."""

import numpy as np
import pytest
from blocks import drawn

from labeltrust.counts import N_GROUPS, block, select_items, split
from labeltrust.counts._split import bucket
from labeltrust.domain.errors import InvalidInput


def test_rows_are_sorted_by_item_and_columns_follow():
    found = block(
        [30, 10, 30],
        [0, 1, 1],
        [1, 0, 0],
        n_labelers=2,
        values=[0, 1],
        occurred_us=[5, 6, 7],
        duration_seconds=[0.5, 0.6, 0.7],
    )

    assert found.item_id.tolist() == [10, 30]
    assert found.item.tolist() == [0, 1, 1]
    assert found.labeler.tolist() == [1, 1, 0]
    assert found.label.tolist() == [0, 0, 1]
    assert found.occurred_us.tolist() == [6, 7, 5]
    assert found.duration_seconds.tolist() == [0.6, 0.7, 0.5]


def test_what_is_not_given_is_filled_in():
    found = block([1], [0], [0], n_labelers=1, values=[0])

    assert found.occurred_us.tolist() == [0]
    assert found.received_us.tolist() == [0]
    assert np.isnan(found.duration_seconds).all()
    assert found.gold.tolist() == [-1]


def test_gold_goes_to_its_item_and_gold_of_absent_items_is_left_out():
    found = block([7, 3], [0, 0], [0, 1], n_labelers=1, values=[0, 1], gold=([9, 7, 1], [0, 1, 0]))

    assert found.item_id.tolist() == [3, 7]
    assert found.gold.tolist() == [-1, 1]


def test_an_empty_block_can_be_built():
    found = block([], [], [], n_labelers=0, values=[], gold=([], []))

    assert (found.n, found.n_items, found.n_labels) == (0, 0, 0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"labeler": [0, 2]}, "code_outside_space"),
        ({"label": [0, -1]}, "code_outside_space"),
        ({"labeler": [0]}, "columns_unlike"),
        ({"occurred_us": [1, 2, 3]}, "columns_unlike"),
        ({"level": "cardinal"}, "level_unknown"),
        ({"values": [0.0, np.nan]}, "values_invalid"),
        ({"values": [-1.0, 2.0], "level": "ratio"}, "values_invalid"),
        ({"gold": ([1], [5])}, "code_outside_space"),
        ({"gold": ([1, 2], [0])}, "columns_unlike"),
    ],
)
def test_columns_that_cannot_be_read_are_refused_with_a_reason(change, code):
    good = {"item": [1, 2], "labeler": [0, 1], "label": [0, 1], "n_labelers": 2, "values": [0, 1]}

    with pytest.raises(InvalidInput) as refused:
        block(**(good | change))

    assert refused.value.code == code


def test_a_split_keeps_every_judgment_once_and_whole_items():
    whole = drawn(np.random.default_rng(0), 60).block()

    parts = split(whole, 4)

    assert sum(part.n for part in parts) == whole.n
    ids = [set(part.item_id.tolist()) for part in parts]
    assert set.union(*ids) == set(whole.item_id.tolist())
    assert sum(len(i) for i in ids) == whole.n_items
    for part in parts:
        rows = np.isin(whole.item_id[whole.item], part.item_id)
        assert np.array_equal(part.labeler, whole.labeler[rows])
        assert np.array_equal(part.gold[part.item], whole.gold[whole.item[rows]])


def test_a_split_puts_an_item_in_the_same_part_whatever_else_is_in_the_block():
    whole = drawn(np.random.default_rng(1), 60).block()
    alone = select_items(whole, np.array([2]))

    part_of = [i for i, part in enumerate(split(whole, 4)) if whole.item_id[2] in part.item_id]
    part_alone = [i for i, part in enumerate(split(alone, 4)) if part.n]

    assert part_of == part_alone


def test_buckets_are_even_for_neighbouring_and_for_negative_ids():
    n = np.bincount(bucket(np.arange(-64_000, 64_000), N_GROUPS), minlength=N_GROUPS)

    chi_squared = ((n - n.mean()) ** 2 / n.mean()).sum()

    assert n.sum() == 128_000
    assert chi_squared < 130  # 63 degrees of freedom: beyond this one in a million
