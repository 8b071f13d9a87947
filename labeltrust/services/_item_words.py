"""The words in the texts of items, as signals read them."""

from collections.abc import Callable
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from labeltrust.counts import Tokens
from labeltrust.policy.item_words import ItemWords
from labeltrust.policy.trigger_patterns import searched
from labeltrust.store.texts import item_contents

Int = NDArray[np.int64]
WordsOf = Callable[[Int], Tokens | None]
"""From item ids, each once and ascending, to the words of their texts; None without any text."""


def no_words(items: Int) -> Tokens | None:  # noqa: ARG001 - one of `WordsOf`
    """Return None: nobody knows what the items say."""
    return None


def words_in(engine: Engine) -> WordsOf:
    """Return what reads the words of items out of a database.

    Args:
        engine: The database.
    """
    return partial(_words, engine)


def _words(engine: Engine, items: Int) -> Tokens | None:
    book = ItemWords()
    for some in item_contents(engine, items):
        book.add(some.item, [searched(content, {}, "text") for content in some.content])
    return book.tokens()


def kept_words(words_of: WordsOf, items: Int) -> WordsOf:
    """Return what gives the words of any of some items, read once, when they are asked for.

    Args:
        words_of: What reads them.
        items: Ids of all items that will be asked for, in any order.
    """
    read = cache(lambda: words_of(np.unique(items)))
    return lambda _: read()
