"""Words of items as rows: of other items, of parts, and of single words."""

import numpy as np

from labeltrust.counts import Tokens, block, select_items

TOKENS = Tokens(
    item_id=np.array([2, 5, 9]),
    start=np.array([0, 2, 2, 3]),
    word=np.array([0, 1, 1], dtype=np.int32),
    words=("a", "b"),
)


def rows(tokens):
    return tokens.matrix().toarray().tolist()


def test_items_that_are_not_known_have_no_words():
    assert rows(TOKENS.at(np.array([1, 2, 5, 9, 10]))) == [[0, 0], [1, 1], [0, 0], [0, 1], [0, 0]]


def test_of_no_items_and_in_no_items_there_are_no_words():
    nothing = TOKENS.at(np.array([], dtype=np.int64))

    assert rows(nothing) == []
    assert rows(nothing.at(np.array([2]))) == [[0, 0]]


def test_a_word_is_held_where_it_stands():
    assert TOKENS.holding(np.array([0, 2, 1, 0]), 1).tolist() == [True, True, False, True]
    assert TOKENS.holding(np.array([], dtype=np.int64), 1).tolist() == []


def test_a_block_has_the_words_of_its_items_and_so_have_its_parts():
    judgments = block([9, 2, 7], [0, 0, 0], [0, 0, 0], n_labelers=1, values=[0], tokens=TOKENS)

    assert rows(judgments.tokens) == [[1, 1], [0, 0], [0, 1]]
    assert rows(select_items(judgments, np.array([2])).tokens) == [[0, 1]]
    assert block([1], [0], [0], n_labelers=1, values=[0]).tokens is None
