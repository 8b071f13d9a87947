"""The label history of a question as columns, read in short slices up to a recorded position.

In rollback-journal mode no commit passes while a read is open, so each slice is a transaction of
its own of about 20 ms; what is read never changes, hence slices fit together.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from labeltrust.store.statements import Row, Statements
from labeltrust.store.suggestions import NAMED, Suggestions

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Numbers = NDArray[np.int64 | np.float64]

SUBMITTED, WITHDRAWN, GOLD_DECLARED, GOLD_WITHDRAWN = range(4)
NONE: Final = -1
SLICE_ROWS: Final = 10_000
_SECONDS: Final = 0.02  # a slice aims at this; never above 0.05 for long
_FEWEST, _MOST = 500, 50_000

_COLUMNS = (
    "sequence, CASE type WHEN 'label.submitted' THEN 0 WHEN 'label.withdrawn' THEN 1 "
    "WHEN 'gold.declared' THEN 2 ELSE 3 END, coalesce(source_id, -1), coalesce(delivery_id, -1), "
    "coalesce(item_alias_id, -1), coalesce(labeler_alias_id, -1), replicate, label, "
    "coalesce(revised_us, occurred_us, received_us), coalesce(occurred_us, received_us), "
    "received_us, CASE WHEN clock_doubted THEN 1 ELSE 0 END, duration_seconds, "
    f"CASE WHEN annotation_id IS NULL THEN 0 ELSE 1 END, {NAMED}"
)
_TYPES = "'label.submitted', 'label.withdrawn', 'gold.declared', 'gold.withdrawn'"
_SQL = (
    f"SELECT {_COLUMNS} FROM event WHERE chain_id = ? AND sequence > ? AND sequence <= ? "  # noqa: S608 - constants
    f"AND type IN ({_TYPES}) AND (question_id = ? OR question_id IS NULL) ORDER BY sequence"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventColumns:
    """Events of one question in the order of their chain, names as alias ids, -1 for none.

    Attributes:
        sequence: (n,) place in the chain; ascending.
        kind: (n,) SUBMITTED, WITHDRAWN, GOLD_DECLARED or GOLD_WITHDRAWN.
        label: (n,) codes into `words`, -1 where the event carries none (a skip, a withdrawal).
        order_us: (n,) what orders revisions: revision time, else claimed time, else received time.
        occurred_us: (n,) claimed time, else received time.
        doubted: (n,) 1 where the claimed time is outside the accepted window.
        annotated: (n,) 1 where the event names an annotation.
        suggestion: (n,) codes into `suggestions`, -1 where the event names none.
        words: Canonical labels in the order they were met.
        suggestions: What models suggested, as JSON, in the order it was met.
    """

    sequence: Int
    kind: Int
    source: Int
    delivery: Int
    item: Int
    labeler: Int
    replicate: Int
    label: Int
    order_us: Int
    occurred_us: Int
    received_us: Int
    doubted: Int
    duration_seconds: Float
    annotated: Int
    suggestion: Int
    words: tuple[str, ...]
    suggestions: tuple[bytes, ...]


# By column; None becomes NaN in the one of floats.
_KINDS: tuple[type[np.int64 | np.float64], ...] = (np.int64,) * 12 + (np.float64,) + (np.int64,) * 2
_LABEL, _SUGGESTION = 7, 14
TEXTS: Final = frozenset({"words", "suggestions"})
"""Fields of `EventColumns` that are no columns."""
NUMBERS: Final = tuple(n for n in EventColumns.__dataclass_fields__ if n not in TEXTS)
"""Those that are, in order."""
ROW: Final = np.dtype([(n, kind) for n, kind in zip(NUMBERS, _KINDS, strict=True)])
"""One event as 120 bytes."""
_NOTHING: Final = np.zeros(0, dtype=np.int64)


class _Words(dict[str | None, int]):
    """Codes of labels, given as they are met."""

    def __missing__(self, word: str | None) -> int:
        """Give a new word the next code."""
        code = self[word] = len(self) - 1  # the first entry is None, which is -1
        return code


class Texts:
    """Labels and suggestions of a history, coded as they are met."""

    def __init__(self) -> None:
        """Know none yet."""
        self._words = _Words({None: NONE})
        self._suggestions = Suggestions()

    def columns(self, rows: list[Row]) -> list[Numbers]:
        """Return rows of `event_slices` as the columns of `EventColumns`, in its order."""
        columns: list[Any] = list(zip(*rows, strict=True))
        columns[_LABEL] = tuple(map(self._words.__getitem__, columns[_LABEL]))
        columns[_SUGGESTION] = self._suggestions.codes(columns[_SUGGESTION])
        return [np.array(column, dtype=kind) for column, kind in zip(columns, _KINDS, strict=True)]

    @property
    def known(self) -> tuple[list[str], list[bytes]]:
        """The labels and the suggestions met so far, in order."""
        return [word for word in self._words if word is not None], list(self._suggestions)

    def learn(self, words: Iterable[str], suggestions: Iterable[bytes]) -> None:
        """Give codes to texts that were met before, in the order they were met."""
        for word in words:
            self._words[word] = len(self._words) - 1
        for raw in suggestions:
            self._suggestions[raw] = len(self._suggestions)

    def events(self, columns: Sequence[Numbers]) -> EventColumns:
        """Return columns with all the texts that were met so far."""
        known = tuple(word for word in self._words if word is not None)
        named: dict[str, Any] = dict(zip(NUMBERS, columns, strict=True))
        return EventColumns(**named, words=known, suggestions=tuple(self._suggestions))


class ReadEvents:
    """Events of a question as they are read, piece by piece in the order of the chain."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.texts = Texts()
        self.parts: list[list[Numbers]] = []

    @property
    def n(self) -> int:
        """Events read so far."""
        return sum(part[0].size for part in self.parts)

    def add(self, rows: list[Row]) -> None:
        """Add rows as the database gives them."""
        if rows:
            self.parts.append(self.texts.columns(rows))

    def columns(self) -> EventColumns:
        """Return all of them."""
        # one column after the other, so that what is held twice is a column and not the history
        parts, self.parts = [list(part) for part in self.parts], []
        columns: list[Numbers] = []
        for place, kind in enumerate(_KINDS):
            pieces: list[Any] = [np.asarray(part[place], dtype=kind) for part in parts]
            columns.append(np.concatenate([np.zeros(0, dtype=kind), *pieces]))
            for part in parts:
                part[place] = _NOTHING
        return self.texts.events(columns)


def read_events(
    engine: Engine, chain_id: int, question_id: int, through: int, slice_rows: int = SLICE_ROWS
) -> EventColumns:
    """Read the label and gold events of a question up to a position of its chain."""
    found = ReadEvents()
    read_after(found, engine, (chain_id, question_id), (0, through), slice_rows)
    return found.columns()


def read_after(
    found: ReadEvents,
    engine: Engine,
    of: tuple[int, int],
    between: tuple[int, int],
    slice_rows: int = SLICE_ROWS,
) -> None:
    """Read on after what was read.

    Args:
        found: What was read up to the first place; the rest is added.
        engine: The database.
        of: Ids of chain and question.
        between: The last place not wanted, and the last wanted.
        slice_rows: Size of the first slice.
    """
    (chain_id, question_id), (after, through) = of, between
    wanted = (chain_id, through, question_id)
    for rows in slices(engine, _SQL, wanted, rows=slice_rows, after=after):
        found.add(rows)


def event_slices(
    engine: Engine, chain_id: int, question_id: int, through: int, slice_rows: int = SLICE_ROWS
) -> Iterator[list[Row]]:
    """Yield the label and gold events of a question in slices, for `Texts.columns`."""
    return slices(engine, _SQL, (chain_id, through, question_id), rows=slice_rows)


def slices(
    engine: Engine,
    sql: str,
    wanted: tuple[int, int, *tuple[object, ...]],
    *,
    rows: int = SLICE_ROWS,
    after: int = 0,
) -> Iterator[list[Row]]:
    """Yield the rows of a query in slices of sequence, each in a transaction of its own.

    Args:
        engine: The database.
        sql: Its parameters are `chain_id = ?`, `sequence > ? AND sequence <= ?`, then any more.
        wanted: The chain's id, the last sequence wanted, then those more.
        rows: Size of the first slice; later ones follow the time that the last one took.
        after: The last sequence not wanted.
    """
    chain_id, through, *more = wanted
    start = after
    while start < through:
        end = min(start + rows, through)
        began = time.monotonic()
        with engine.connect() as connection:
            found = Statements(connection).rows(sql, (chain_id, start, end, *more))
        took = max(time.monotonic() - began, 1e-6)
        yield found
        rows = int(min(max(rows * _SECONDS / took, rows / 2, _FEWEST), rows * 2, _MOST))
        start = end
