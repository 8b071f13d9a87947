r"""Texts of strangers cut into words, and the words kept that many items hold; in bounded memory.

Texts are compared as a reader sees them: compatibility forms (NFKC) in lower case, cut at spaces
and punctuation; a symbol, and each sign of a script without spaces, is a word of its own.
Characters that nobody sees do not part a word, but each is a word too: `u+200b`.

Which words are kept follows from how many items hold them, never from labels, so that whoever
tests them errs as rarely as he says. Words are told apart by one of 2^22 numbers (Weinberger et al.
2009): two words of one number are one, which is rare among words that many items hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from labeltrust.counts import Tokens

Int = NDArray[np.int64]
Number = NDArray[np.int32]

MOST_READ: Final = 10_000
"""Characters of an item's text that are read."""
LONGEST_WORD: Final = 40
FEWEST_ITEMS: Final = 10
LARGEST_SHARE: Final = 0.25
"""A word in more of the items than this is the rule, not an exception to it."""
MOST_WORDS: Final = 3_000
"""Words kept, those that most items hold."""
MOST_OF_ITEM: Final = 1_000
"""Different words of one item; of more, some are left out, whatever they are."""
MOST_HELD: Final = 25_000_000
"""Words of items held at a time, 300 MB; past that those are let go that few items hold so far."""
_BUCKETS: Final = 1 << 22
_CANDIDATES: Final = 4 * MOST_WORDS
_KEY: Final = "labeltrust-words"
_UNSEEN_KINDS: Final = r"\p{Cf}\p{Co}"
_UNSEEN: Final = f"[{_UNSEEN_KINDS}]"
_ALONE: Final = (
    r"([\p{S}\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}])"
)
_BETWEEN: Final = r"[^\p{L}\p{M}\p{N}\p{S}_]+"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """Which of some items hold which words, each pair once; and how often each word stands there.

    Attributes:
        place: (n,) place of the item.
        bucket: (n,) number of the word.
        words: (k,) distinct words, `number` their numbers, `times` how often they stand there.
    """

    place: Int
    bucket: Int
    words: NDArray[np.object_]
    number: Int
    times: Int


@dataclass(slots=True, kw_only=True)
class ItemWords:
    """Collects the words of items, given in slices.

    >>> book = ItemWords()
    >>> book.add(np.arange(40), ["Wire me CRYSTAL now", "all fine", "good", "so so"] * 10)
    >>> sorted(book.tokens().words)
    ['all', 'crystal', 'fine', 'good', 'me', 'now', 'so', 'wire']
    """

    _items: list[Int] = field(default_factory=list)
    _buckets: list[Number] = field(default_factory=list)
    _names: dict[int, str] = field(default_factory=dict)
    _loudest: Number = field(default_factory=lambda: np.zeros(_BUCKETS, dtype=np.int32))
    _frequency: Number = field(default_factory=lambda: np.zeros(_BUCKETS, dtype=np.int32))
    _pruned: NDArray[np.bool_] | None = None
    _n_items: int = 0
    _n_held: int = 0
    _room: int = field(default_factory=lambda: MOST_HELD)

    def add(self, item_id: Int, texts: Sequence[str]) -> None:
        """Read the texts of some items, each told once over all slices."""
        found = _held(texts)
        self._n_items += len(texts)
        np.add.at(self._frequency, found.bucket, 1)
        self._name(found)
        self._keep(item_id[found.place], found.bucket.astype(np.int32))
        if self._n_held > self._room or len(self._names) > _BUCKETS // 4:
            self._prune()

    def tokens(self) -> Tokens | None:
        """Return the words kept by item; None where no text was read."""
        if not self._n_items:
            return None
        kept = self._kept()
        item, bucket = np.concatenate(self._items), np.concatenate(self._buckets)
        code = np.full(_BUCKETS, -1, dtype=np.int32)
        code[kept] = np.arange(kept.size)
        word = code[bucket]
        item, word = item[word >= 0], word[word >= 0]
        pair = _distinct(item * MOST_WORDS + word)  # items told of twice, being merged
        item = pair // MOST_WORDS
        begins = np.flatnonzero(np.diff(item, prepend=-1))
        return Tokens(
            item_id=item[begins],
            start=np.append(begins, item.size),
            word=(pair % MOST_WORDS).astype(np.int32),
            words=tuple(self._names[number] for number in kept.tolist()),
        )

    def _name(self, found: _Held) -> None:
        """Call each number by the word that stands most often in one slice."""
        louder = np.flatnonzero(found.times > self._loudest[found.number])
        louder = louder[np.argsort(found.times[louder], kind="stable")]
        self._loudest[found.number[louder]] = found.times[louder]
        words = found.words[louder].tolist()
        self._names.update(zip(found.number[louder].tolist(), words, strict=True))

    def _kept(self) -> Int:
        """Return the numbers of the words kept, in order of the words."""
        n = self._frequency
        fit = (n >= FEWEST_ITEMS) & (n <= LARGEST_SHARE * self._n_items)
        if self._pruned is not None:
            fit &= ~self._pruned
        kept = _most_frequent(np.flatnonzero(fit), n, MOST_WORDS)
        return np.array(sorted(kept.tolist(), key=lambda number: self._names[number]), dtype=int)

    def _keep(self, item: Int, bucket: Number) -> None:
        if self._pruned is not None:
            there = ~self._pruned[bucket]
            item, bucket = item[there], bucket[there]
        self._items.append(item)
        self._buckets.append(bucket)
        self._n_held += bucket.size

    def _prune(self) -> None:
        """Let go of all words but those that most items hold so far."""
        left = np.ones(_BUCKETS, dtype=np.bool_)
        left[_most_frequent(np.flatnonzero(self._frequency), self._frequency, _CANDIDATES)] = False
        self._pruned = left if self._pruned is None else self._pruned | left
        items, buckets = self._items, self._buckets
        self._items, self._buckets, self._n_held = [], [], 0
        for item, bucket in zip(items, buckets, strict=True):
            self._keep(item, bucket)
        self._names = {b: word for b, word in self._names.items() if not self._pruned[b]}
        self._room = max(MOST_HELD, 2 * self._n_held)  # where all is frequent, not at every slice


def words_held(item_id: Int, texts: Sequence[str]) -> Tokens | None:
    """Return the words kept of some texts that are all at hand; see `ItemWords`.

    >>> words_held(np.arange(40), ["one two"] * 10 + ["three"] * 30).words
    ('one', 'two')
    """
    book = ItemWords()
    book.add(item_id, texts)
    return book.tokens()


def _most_frequent(buckets: Int, n: Number, most: int) -> Int:
    return buckets[np.argsort(-n[buckets], kind="stable")[:most]]


def _held(texts: Sequence[str]) -> _Held:
    """Cut texts into words and tell which text holds which."""
    place, words = _words(texts)
    coded = pc.dictionary_encode(words)
    distinct = np.asarray(coded.dictionary.to_pylist(), dtype=object)
    index = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    if not index.size:
        return _Held(place=index, bucket=index, words=distinct, number=index, times=index)
    hashed = pd.util.hash_array(distinct, hash_key=_KEY, categorize=False)
    bucket = (hashed % np.uint64(_BUCKETS)).astype(np.int64)
    pair = _distinct(place * _BUCKETS + bucket[index])
    begins = np.searchsorted(pair, np.arange(len(texts)) * _BUCKETS)
    pair = pair[np.arange(pair.size) - begins[pair // _BUCKETS] < MOST_OF_ITEM]
    return _Held(
        place=pair // _BUCKETS,
        bucket=pair % _BUCKETS,
        words=distinct,
        number=bucket,
        times=np.bincount(index, minlength=distinct.size),
    )


def _distinct(numbers: Int) -> Int:
    """Return the distinct numbers, ascending; sorting is quicker here than numpy's hashing."""
    sorted_ = np.sort(numbers)
    return sorted_[np.flatnonzero(np.diff(sorted_, prepend=-1))]


def _words(texts: Sequence[str]) -> tuple[Int, "pa.Array[Any]"]:
    """Return all words with the place of the text each stands in."""
    read = pc.utf8_slice_codeunits(pa.array(texts, type=pa.large_string()), 0, MOST_READ)
    seen = pc.replace_substring_regex(read, _UNSEEN, "")
    plain = pc.utf8_lower(pc.utf8_normalize(seen, form="NFKC"))
    cut = pc.split_pattern_regex(pc.replace_substring_regex(plain, _ALONE, r" \1 "), _BETWEEN)
    words = pc.utf8_slice_codeunits(pc.list_flatten(cut), 0, LONGEST_WORD)
    place = pc.list_parent_indices(cut).to_numpy()
    told = pc.greater(pc.utf8_length(words), 0).to_numpy(zero_copy_only=False)
    more_place, more = _unseen(read)
    return (
        np.append(place[told], more_place).astype(np.int64),
        pa.concat_arrays([words.filter(pa.array(told)), more]),
    )


def _unseen(read: "pa.Array[Any]") -> tuple[Int, "pa.Array[Any]"]:
    """Return a word for each character that nobody sees, such as `u+200b`, and where it stands."""
    hold = np.flatnonzero(pc.match_substring_regex(read, _UNSEEN).to_numpy(zero_copy_only=False))
    alone = pc.replace_substring_regex(read.take(pa.array(hold)), rf"[^{_UNSEEN_KINDS}]", "")
    told = [(k, c) for k, text in zip(hold, alone.to_pylist(), strict=True) for c in set(text)]
    words = pa.array([f"u+{ord(c):04x}" for _, c in told], type=pa.large_string())
    return np.array([k for k, _ in told], dtype=np.int64), words
