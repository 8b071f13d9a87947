"""Items with features by when and from where they came: a bounded random sample of each day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from labeltrust.counts._split import bucket
from labeltrust.store.statements import Row, Statements

Int = NDArray[np.int64]
DAY_US: Final = 86_400_000_000
MOST_A_DAY: Final = 2_000
"""Items of one source and day that are kept: a PSI of 0.1 is plain with far fewer."""
_SLICE: Final = 5_000
_LOTS: Final = 1 << 32
_SQL = (
    "SELECT c.first_us, c.item_id, coalesce(c.source_id, 0), c.features FROM item_content c "
    "JOIN item_alias a ON a.id = c.item_id WHERE c.first_us <= ? "
    "AND (c.first_us > ? OR (c.first_us = ? AND c.item_id > ?)) "
    "AND a.project_id = ? AND c.features <> '{}' ORDER BY c.first_us, c.item_id LIMIT ?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """A random sample of the items of some days that carry features, in no order.

    Attributes:
        source: (n,) row ids of the sources that told of them first.
        age: (n,) whole days before the end of the time looked at.
        features: Their features, JSON objects.
        n_all: By source, how many items there were.
    """

    source: Int
    age: Int
    features: Sequence[str]
    n_all: dict[int, int]


def arrivals(engine: Engine, project_id: int, end_us: int, days: int) -> Arrivals:
    """Return the items of a project that came in the days before a moment, `MOST_A_DAY` a source.

    Which items are kept follows from their ids by a mixing function, as if drawn by lot, and from
    nothing that is known of them: memory stays bounded, and the sample is the same at every look.
    """
    sample = _Sample()
    for rows in _slices(engine, project_id, end_us - days * DAY_US, end_us):
        sample.take(rows, end_us)
    return sample.result()


def _slices(engine: Engine, project_id: int, start_us: int, end_us: int) -> Iterator[list[Row]]:
    """Yield rows in slices, each a short transaction."""
    after_us, after = start_us, 0
    while True:
        with engine.connect() as connection:
            rows = Statements(connection).rows(
                _SQL, (end_us, after_us, after_us, after, project_id, _SLICE)
            )
        if rows:
            yield rows
        if len(rows) < _SLICE:
            return
        after_us, after = int(rows[-1][0]), int(rows[-1][1])


class _Sample:
    """The items of each source and day with the smallest lots."""

    def __init__(self) -> None:
        self._kept = np.empty((3, 0), dtype=np.int64)
        self._texts = np.empty(0, dtype=object)
        self._n_all: dict[int, int] = {}
        self._reduced = 0

    def take(self, rows: list[Row], end_us: int) -> None:
        came, item, source = np.array([row[:3] for row in rows], dtype=np.int64).T
        part = np.array([source, (end_us - came) // DAY_US, lots(item)])
        self._kept = np.concatenate([self._kept, part], axis=1)
        texts = np.array([row[3] for row in rows], dtype=object)
        self._texts = np.concatenate([self._texts, texts])
        for number, n in zip(*np.unique(source, return_counts=True), strict=True):
            self._n_all[int(number)] = self._n_all.get(int(number), 0) + int(n)
        if self._texts.size > 2 * self._reduced + 10 * _SLICE:
            self._reduce()

    def _reduce(self) -> None:
        source, age, lot = self._kept
        order = np.lexsort((lot, age, source))
        group = np.array([source[order], age[order]])
        begins = np.ones(order.size, dtype=np.bool_)
        begins[1:] = (group[:, 1:] != group[:, :-1]).any(axis=0)
        first = np.flatnonzero(begins)
        place = np.arange(order.size) - np.repeat(first, np.diff(np.append(first, order.size)))
        keep = order[place < MOST_A_DAY]
        self._kept, self._texts = self._kept[:, keep], self._texts[keep]
        self._reduced = keep.size

    def result(self) -> Arrivals:
        self._reduce()
        source, age, _ = self._kept
        return Arrivals(source=source, age=age, features=list(self._texts), n_all=self._n_all)


def lots(number: Int) -> Int:
    """Return numbers in [0, 2^32) that look drawn by lot, the same in every process.

    >>> 0 <= int(lots(np.arange(9)).max()) < 1 << 32
    True
    """
    return bucket(number, _LOTS)
