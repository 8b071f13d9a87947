"""What is on record of a source's annotations, as columns: some dozen bytes of each.

Ids and labels stand in them as 64-bit digests under a key of this reading alone, so that nobody
can choose two that are alike; of a million annotations two are, with a chance below one in ten
million. Texts are read again where they are wanted (`store/annotated.py`).
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pandas.util import hash_array
from sqlalchemy import Engine

from labeltrust.store.slices import Int, slices
from labeltrust.store.statements import Row, Statements

Marks = NDArray[np.uint64]
Mask = NDArray[np.bool_]
Texts = NDArray[np.object_]
NOBODY: Final = -1
NO_LABEL: Final = np.uint64(0)
_SQL: Final = (
    "SELECT sequence, annotation_id, coalesce(question_id, -1), coalesce(item_alias_id, -1), "
    "CASE WHEN question_id IS NULL THEN -1 ELSE coalesce(labeler_alias_id, -1) END, "
    "CASE WHEN type = 'label.submitted' THEN coalesce(label, '') ELSE '' END, "
    "coalesce(revised_us, occurred_us, received_us), received_us FROM event "
    "WHERE chain_id = ? AND sequence > ? AND sequence <= ? "
    "AND source_id = ? AND annotation_id IS NOT NULL "
    "AND type IN ('label.submitted', 'label.withdrawn') ORDER BY sequence"
)
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no two questions fall together


class Marker:
    """Makes digests of texts, other ones in every reading."""

    def __init__(self) -> None:
        """Take a key."""
        self._key = secrets.token_hex(8)

    def of(self, texts: Sequence[str]) -> Marks:
        """Return a digest of each text; of the empty one `NO_LABEL`."""
        told: Texts = np.array(texts, dtype=np.object_)
        found: Marks = hash_array(told, hash_key=self._key, categorize=False)
        found[told == ""] = NO_LABEL
        return found


def about(key: Marks, question: Int) -> Marks:
    """Return one digest of an annotation and a question."""
    spread: Marks = key + question.astype(np.uint64) * _SPREAD
    return spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words on annotations, a row each.

    Attributes:
        sequence: (n,) place of the event in its chain.
        key: (n,) digest of the annotation's id.
        question: (n,) row id; -1 where a withdrawal names the annotation alone.
        label: (n,) digest of the canonical label; `NO_LABEL` of a withdrawal.
        order: (n,) what orders the words on one annotation; `rank` decides between equal ones.
        rank: (n,) place among events of the same moment, by their ids.
    """

    sequence: Int
    key: Marks
    question: Int
    item: Int
    labeler: Int
    label: Marks
    order: Int
    received: Int
    rank: Int

    def at(self, rows: Int | Mask) -> "Words":
        """Return some of them."""
        return Words(**{name: getattr(self, name)[rows] for name in self.__slots__})

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.key)


def read_words(
    engine: Engine, chain_id: int, source_id: int, through: int, marker: Marker
) -> Words:
    """Read every word on a source's annotations up to a place of its chain."""
    found = slices(engine, _SQL, (chain_id, through, source_id))
    parts = [_columns(rows, marker) for rows in found if rows] or [_columns([], marker)]
    names = [name for name in Words.__slots__ if name != "rank"]
    columns = {name: np.concatenate([part.pop(name) for part in parts]) for name in names}
    words = Words(**columns, rank=np.zeros(len(columns["key"]), dtype=np.int64))
    _rank(engine, chain_id, words)
    return words


def _columns(rows: list[Row], marker: Marker) -> dict[str, Int | Marks]:
    told = list(zip(*rows, strict=True)) or [()] * 8
    numbers = {
        name: np.array(told[place], dtype=np.int64)
        for name, place in _PLACES.items()
    }  # fmt: skip
    return {**numbers, "key": marker.of(told[1]), "label": marker.of(told[5])}


_PLACES: Final = {
    "sequence": 0, "question": 2, "item": 3, "labeler": 4, "order": 6, "received": 7,
}  # fmt: skip


def _rank(engine: Engine, chain_id: int, words: Words) -> None:
    """Let event ids decide between words of one moment, where that decides anything."""
    tied = np.flatnonzero(_tied(words))
    if not len(tied):
        return
    sql = "SELECT sequence, coalesce(event_id, '') FROM event WHERE chain_id = ? AND sequence {in}"
    places = words.sequence[tied].tolist()
    with engine.connect() as connection:
        ids: dict[int, str] = dict(Statements(connection).rows_in(sql, places, (chain_id,)))
    texts: Texts = np.array([ids[place] for place in places], dtype=np.object_)
    words.rank[tied] = np.unique(texts, return_inverse=True)[1]


def _tied(words: Words) -> Mask:
    """Mark words of one moment on one annotation: of one question, or beside a withdrawal of all.

    Two questions that were answered at once decide nothing between them.
    """
    by = np.lexsort((words.question, words.order, words.key))
    key, order, question = words.key[by], words.order[by], words.question[by]
    with_next = np.zeros(len(by), dtype=np.bool_)
    with_next[:-1] = (key[1:] == key[:-1]) & (order[1:] == order[:-1])
    first = np.ones(len(by), dtype=np.bool_)
    first[1:] = ~with_next[:-1]
    group = np.cumsum(first) - 1
    alike = np.zeros(len(by), dtype=np.bool_)
    alike[:-1] = with_next[:-1] & ((question[1:] == question[:-1]) | (question[:-1] == NOBODY))
    marked = np.zeros(len(by), dtype=np.bool_)
    n_groups = int(group[-1]) + 1 if len(by) else 0
    marked[by] = (np.bincount(group[alike], minlength=n_groups) > 0)[group]
    return marked


def last_of(columns: Iterable[Int | Marks]) -> Mask:
    """Mark the last row of each run of rows that are equal in all of some sorted columns."""
    changes: Mask | None = None
    for column in columns:
        other = np.ones(len(column), dtype=np.bool_)
        other[:-1] = column[1:] != column[:-1]
        changes = other if changes is None else changes | other
    return np.zeros(0, dtype=np.bool_) if changes is None else changes
