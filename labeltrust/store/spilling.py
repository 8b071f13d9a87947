"""A question's history in hash buckets of items on disk: one of them is in memory at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from labeltrust.counts._split import bucket
from labeltrust.store.judgments import Asked
from labeltrust.store.names import Merges, resolved
from labeltrust.store.slices import (
    GOLD_DECLARED,
    NONE,
    NUMBERS,
    ROW,
    WITHDRAWN,
    EventColumns,
    Numbers,
    Texts,
    event_slices,
)

Rows = NDArray[np.void]
HELD_ROWS: Final = 500_000
"""Events in memory before they go to their files: 60 MB."""


@dataclass(slots=True, kw_only=True)
class Spilled:
    """Events by bucket of their item; those that name no labeler are kept for every bucket.

    Attributes:
        folder: Where the files are; whoever made it removes it.
        parts: Number of buckets.
        n_events: Label events, withdrawn and revised ones too.
    """

    folder: Path
    parts: int
    n_events: int = 0
    _texts: Texts = field(default_factory=Texts)
    _everywhere: list[Rows] = field(default_factory=list)

    @property
    def words(self) -> tuple[str, ...]:
        """Canonical labels in the order they were met."""
        return self._events(np.zeros(0, dtype=ROW)).words

    def bucket(self, number: int) -> EventColumns:
        """Return the events of the items of one bucket, in the order of the chain."""
        path = self._path(number)
        own = np.fromfile(path, dtype=ROW) if path.exists() else np.zeros(0, dtype=ROW)
        rows = np.concatenate([own, *self._everywhere])
        return self._events(rows[np.argsort(rows["sequence"])])

    def _events(self, rows: Rows) -> EventColumns:
        return self._texts.events([np.ascontiguousarray(rows[name]) for name in NUMBERS])

    def add(self, rows: list[Rows], merges: Merges) -> None:
        """Write events to the files of their buckets."""
        events = np.concatenate([np.zeros(0, dtype=ROW), *rows])
        self.n_events += int((events["kind"] < GOLD_DECLARED).sum())
        # A withdrawal by annotation may end an answer to any item.
        loose = (events["kind"] == WITHDRAWN) & (events["labeler"] == NONE)
        self._everywhere.append(events[loose])
        events = events[~loose]
        part = bucket(resolved(np.ascontiguousarray(events["item"]), merges.items), self.parts)
        order = np.argsort(part, kind="stable")
        bounds = np.searchsorted(part[order], np.arange(self.parts + 1))
        for number in np.flatnonzero(np.diff(bounds)).tolist():
            with self._path(number).open("ab") as file:
                events[order[bounds[number] : bounds[number + 1]]].tofile(file)

    def read(self, rows: list[tuple[object, ...]]) -> Rows:
        """Return rows of the database as events."""
        return _packed(self._texts.columns(rows))

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:05}.events"


def spill(
    engine: Engine, asked: Asked, merges: Merges, folder: Path, parts: int, through: int
) -> Spilled:
    """Read the history of a question up to a position into buckets.

    Args:
        engine: The database; it is read in short slices.
        asked: The question.
        merges: Which items stand for others.
        folder: An empty folder with room for 120 bytes an event.
        parts: Number of buckets.
        through: Last sequence to look at.
    """
    spilled = Spilled(folder=folder, parts=parts)
    held: list[Rows] = []
    for rows in _slices(engine, asked, through):
        held.append(spilled.read(rows))
        if sum(part.size for part in held) >= HELD_ROWS:
            spilled.add(held, merges)
            held = []
    spilled.add(held, merges)
    return spilled


def _slices(engine: Engine, asked: Asked, through: int) -> Iterator[list[tuple[object, ...]]]:
    found = event_slices(engine, asked.chain_id, asked.question_id, through)
    return (rows for rows in found if rows)


def _packed(columns: list[Numbers]) -> Rows:
    rows = np.empty(columns[0].size, dtype=ROW)
    for name, column in zip(NUMBERS, columns, strict=True):
        rows[name] = column
    return rows
