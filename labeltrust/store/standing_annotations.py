"""Which annotations of a source stand, and what is the newest word on each: sorted columns."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from sqlalchemy import Engine

from labeltrust.store.annotated import Annotation, annotations_at
from labeltrust.store.annotation_columns import (
    NO_LABEL,
    NOBODY,
    Marker,
    Marks,
    Mask,
    Words,
    about,
    last_of,
    read_words,
)
from labeltrust.store.slices import Int
from labeltrust.store.statements import Statements

_AT_ONCE: Final = 8_000


class StandingAnnotations:
    """What is on record of a source's annotations at one moment.

    Attributes:
        marker: Makes the digests that stand in it.
        current: The newest word by annotation and question, sorted by `about`; a withdrawal of the
            annotation alone is one on each of its questions, and one without a question besides.
        standing: Digests of the annotations with an answer that stands, sorted.
    """

    def __init__(self, engine: Engine, chain_id: int, source_id: int, through: int) -> None:
        """Read what is on record up to a place of the chain."""
        self._engine, self._chain_id = engine, chain_id
        self.marker = Marker()
        words = read_words(engine, chain_id, source_id, through, self.marker)
        words = words.at(
            np.lexsort((words.rank, words.order, words.labeler, words.question, words.key))
        )
        self._keys, self._sequences = words.key, words.sequence
        newest = words.at(last_of((words.key, words.question, words.labeler)))
        ended = _is_ended(newest)
        stands = (newest.question != NOBODY) & (newest.label != NO_LABEL) & ~ended
        self.standing: Marks = np.unique(newest.key[stands])
        self._width = int(newest.labeler.max(initial=0)) + 2
        self._twice = self._answered_twice(newest.at(stands))
        self._latest = _latest_received(words)
        self.current = _current(newest, ended)
        self._about = about(self.current.key, self.current.question)

    def find(self, key: Marks, question: Int) -> Int:
        """Return the rows of `current` on some annotations and questions, -1 where there is none.

        A question on which nothing was said is found by the withdrawal of all, where there is one.
        """
        exactly = self._row(about(key, question))
        ended = self._row(about(key, np.full_like(question, NOBODY)))
        return np.where(exactly >= 0, exactly, ended)

    def _row(self, wanted: Marks) -> Int:
        at = np.searchsorted(self._about, wanted)
        inside = np.minimum(at, max(len(self._about) - 1, 0))
        if not len(self._about):
            return np.full(len(wanted), -1)
        return np.where(self._about[inside] == wanted, inside, -1)

    def several(self, item: Int, labeler: Int) -> Mask:
        """Mark (item, labeler) of labelers who answered the item in several annotations."""
        known = (item >= NOBODY) & (labeler >= NOBODY) & (labeler < self._width - 1)
        known &= np.isin(self._pair(item, labeler), self._twice)
        return np.asarray(known, dtype=np.bool_)

    def _answered_twice(self, answers: Words) -> Int:
        pair = self._pair(answers.item, answers.labeler)
        by = np.lexsort((answers.key, pair))
        key, pair = answers.key[by], pair[by]
        pair = pair[last_of((pair, key))]
        return np.unique(pair[1:][pair[1:] == pair[:-1]])

    def _pair(self, item: Int, labeler: Int) -> Int:
        return (item + 1) * self._width + labeler + 1

    def exactly(self, ids: Sequence[str]) -> dict[str, Annotation]:
        """Return what is on record of some annotations, of those that are known."""
        return self._at(self._places(self.marker.of(ids)))

    def absent(self, shown: Mask, since_us: int) -> Iterator[tuple[str, Annotation | None]]:
        """Yield standing annotations that were not shown, by id.

        Args:
            shown: Which of `standing` were.
            since_us: Of those of which something was received since, what is on record comes along.
        """
        keys = self.standing[~shown]
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            first = np.searchsorted(self._keys, some)
            young = self._latest[first] >= since_us
            yield from self._at(self._places(some[young])).items()
            for told in self._ids(self._sequences[first[~young]]):
                yield told, None

    def _places(self, keys: Marks) -> list[int]:
        """Return the places in the chain of all words on some annotations."""
        begins = np.searchsorted(self._keys, keys)
        sizes = np.searchsorted(self._keys, keys, side="right") - begins
        # Runs of rows, one behind the other: begins[0], begins[0] + 1, …, begins[1], …
        run = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        found: list[int] = self._sequences[np.repeat(begins, sizes) + run].tolist()
        return found

    def _at(self, places: list[int]) -> dict[str, Annotation]:
        return annotations_at(self._engine, self._chain_id, places) if places else {}

    def _ids(self, sequences: Int) -> list[str]:
        sql = "SELECT annotation_id FROM event WHERE chain_id = ? AND sequence {in}"
        with self._engine.connect() as connection:
            found = Statements(connection).rows_in(sql, sequences.tolist(), (self._chain_id,))
            return list(dict.fromkeys(row[0] for row in found))


def _is_ended(newest: Words) -> Mask:
    """Mark words that a withdrawal of their whole annotation follows; it stands first of its."""
    begins = np.searchsorted(newest.key, newest.key)
    by_all = newest.question[begins] == NOBODY
    order, rank = newest.order[begins], newest.rank[begins]
    later = (order > newest.order) | ((order == newest.order) & (rank >= newest.rank))
    return np.asarray(by_all & later, dtype=np.bool_)


def _latest_received(words: Words) -> Int:
    """Return of each row when the last word on its annotation was received."""
    if not len(words):
        return words.received
    begins = np.flatnonzero(np.append(True, words.key[1:] != words.key[:-1]))
    sizes = np.diff(np.append(begins, len(words)))
    return np.repeat(np.maximum.reduceat(words.received, begins), sizes)


def _current(newest: Words, ended: Mask) -> Words:
    """Return the newest word by annotation and question, whoever said it."""
    newest.label[ended] = NO_LABEL
    by = np.lexsort((newest.rank, newest.order, newest.question, newest.key))
    words = newest.at(by)
    words = words.at(last_of((words.key, words.question)))
    return words.at(np.argsort(about(words.key, words.question)))
