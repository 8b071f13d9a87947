"""Rows in the order of a key are those of numpy's stable argsort; distinct keys those of unique."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from labeltrust.counts._ordering import distinct, ordered

KEYS = st.one_of(
    arrays(np.int64, st.integers(0, 60), elements=st.integers(-5, 5)),
    arrays(np.int64, st.integers(0, 60), elements=st.integers(-(2**62), 2**62)),
)


@given(KEYS)
def test_rows_are_in_the_stable_order_of_their_keys(key):
    order, by_key = ordered(key)

    expected = np.argsort(key, kind="stable")
    np.testing.assert_array_equal(order, expected)
    np.testing.assert_array_equal(by_key, key[expected])


@given(KEYS)
def test_distinct_keys_and_their_places_are_those_of_unique(key):
    found = distinct(key)

    for mine, theirs in zip(found, np.unique(key, return_inverse=True), strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("far", [2**62, 2**40])
def test_keys_too_far_apart_to_pack_with_their_row_are_sorted_all_the_same(far):
    key = np.array([far, 0, far, -far, 0])

    order, _ = ordered(key)

    assert order.tolist() == [3, 1, 4, 0, 2]
