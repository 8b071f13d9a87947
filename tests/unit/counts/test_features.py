"""What a block carries beside labels: suggestions by judgment, features by item."""

import numpy as np
import pytest

from labeltrust.counts import block, select_items, split
from labeltrust.domain.errors import InvalidInput


def drawn():
    return block(
        [7, 3, 7, 5],
        [0, 1, 1, 0],
        [1, 0, 1, 0],
        n_labelers=2,
        values=[0, 1],
        suggestion=[0, -1, 1, 0],
        features={
            "amount": ([3, 5, 99], [2.5, 7.0, 1.0]),
            "country": ([7, 3], ["SE", "NO"]),
        },
    )


def test_suggestions_follow_their_judgments_and_features_their_items():
    b = drawn()

    assert b.item_id.tolist() == [3, 5, 7]
    given = dict(
        zip(zip(b.item.tolist(), b.labeler.tolist(), strict=True), b.suggestion, strict=True)
    )
    assert given == {(0, 1): -1, (1, 0): 0, (2, 0): 0, (2, 1): 1}
    assert b.features["amount"].words == ()
    assert np.array_equal(b.features["amount"].values, [2.5, 7.0, np.nan], equal_nan=True)
    assert b.features["country"].words == ("NO", "SE")
    assert np.array_equal(b.features["country"].values, [0, np.nan, 1], equal_nan=True)


def test_a_part_of_a_block_keeps_suggestions_words_and_codes():
    part = select_items(drawn(), np.array([2]))

    assert part.suggestion.tolist() == [0, 1]
    assert part.features["country"].words == ("NO", "SE")
    assert part.features["country"].values.tolist() == [1.0]
    assert sum(p.suggestion.size for p in split(drawn(), 3)) == 4


def test_a_block_without_them_says_that_nothing_is_known():
    b = block([1, 2], [0, 0], [0, 1], n_labelers=1, values=[0, 1])

    assert b.suggestion.tolist() == [-1, -1]
    assert b.features == {}


def test_a_suggestion_outside_the_labels_is_refused():
    with pytest.raises(InvalidInput, match="suggestion codes"):
        block([1], [0], [0], n_labelers=1, values=[0, 1], suggestion=[2])


def test_a_feature_has_one_value_an_item():
    with pytest.raises(InvalidInput, match="'amount' has 1 values for 2 items"):
        block([1], [0], [0], n_labelers=1, values=[0], features={"amount": ([1, 2], [1.0])})
