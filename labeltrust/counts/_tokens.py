"""Which words stand in the texts of items: one row an item, one column a word, and nothing else."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Int = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Words of items, as far as they are kept: no word twice in an item, no order.

    Attributes:
        item_id: (n_items,) ids of the items, ascending; those without a text have no words.
        start: (n_items + 1,) where the words of each item begin in `word`.
        word: (n_held,) codes into `words`, those of one item together and ascending.
        words: Each word by its code.
    """

    item_id: Int
    start: Int
    word: NDArray[np.int32]
    words: tuple[str, ...]

    def at(self, item_id: Int) -> Self:
        """Return the rows of other items, ascending ids; one that is not known has no words.

        >>> two = Tokens(item_id=np.array([3, 7]), start=np.array([0, 2, 3]),
        ...              word=np.array([0, 1, 1], dtype=np.int32), words=("a", "b"))
        >>> two.at(np.array([5, 7])).matrix().toarray().tolist()
        [[0.0, 0.0], [0.0, 1.0]]
        """
        place = np.searchsorted(self.item_id, item_id)
        known = np.append(self.item_id, -1)[place] == item_id
        begins = np.where(known, self.start[np.minimum(place, self.item_id.size - 1)], 0)
        ends = np.where(known, self.start[np.minimum(place, self.item_id.size - 1) + 1], 0)
        size = ends - begins
        start = np.append(0, np.cumsum(size))
        rows = np.repeat(begins - start[:-1], size) + np.arange(start[-1])
        return type(self)(item_id=item_id, start=start, word=self.word[rows], words=self.words)

    def holding(self, items: Int, word: int) -> NDArray[np.bool_]:
        """Return which of some items, by row, hold a word, (n,)."""
        begins, size = self.start[items], np.diff(self.start)[items]
        whose = np.repeat(np.arange(items.size), size)
        rows = np.repeat(begins - np.append(0, np.cumsum(size))[:-1], size) + np.arange(whose.size)
        return np.bincount(whose, self.word[rows] == word, items.size) > 0

    def matrix(self) -> sparse.csr_array:
        """Return ones where an item holds a word, (n_items, n_words)."""
        held = np.ones(self.word.size, dtype=np.float32)
        shape = self.item_id.size, len(self.words)
        return sparse.csr_array((held, self.word, self.start), shape=shape)
