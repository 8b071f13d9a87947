"""What is read of events only where it is needed: ids of ties, and annotations."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from sqlalchemy import Engine

from labeltrust.store.slices import NONE, SLICE_ROWS, EventColumns, Int, slices
from labeltrust.store.statements import Row, Statements

_FEW: Final = 8
"""A search by number costs about as much as reading so many rows in a line."""


class EventTexts:
    """What is read of the events only where it is needed: ids of ties, and annotations."""

    def __init__(self, engine: Engine, chain_id: int, position: int, events: EventColumns) -> None:
        """Keep where to read."""
        self._engine = engine
        self._chain_id = chain_id
        self._position = position
        self._events = events

    def event_ids(self, sequence: Int) -> dict[int, str]:
        """Return the event ids at some sequences."""
        sql = "SELECT sequence, event_id FROM event WHERE chain_id = ? AND sequence {in}"
        found: dict[int, str] = {}
        for start in range(0, sequence.size, SLICE_ROWS):
            some = sequence[start : start + SLICE_ROWS].tolist()
            with self._engine.connect() as connection:
                rows = Statements(connection).rows_in(sql, some, (self._chain_id,))
                found.update((number, event_id or "") for number, event_id in rows)
        return found

    def annotations(self) -> Int:
        """Return codes of (source, annotation id) by row, -1 where an event names none."""
        codes: dict[tuple[int, str], int] = {}
        places: list[tuple[int, int]] = []
        for rows in self._annotated():
            places += [(s, codes.setdefault((source, a), len(codes))) for s, source, a in rows]
        found = np.array(sorted(places), dtype=np.int64).reshape(-1, 2)
        out = np.full(self._events.sequence.size, NONE, dtype=np.int64)
        place = np.searchsorted(found[:, 0], self._events.sequence)
        place = np.minimum(place, max(len(found) - 1, 0))
        if len(found):
            hit = found[place, 0] == self._events.sequence
            out[hit] = found[place[hit], 1]
        return out

    def _annotated(self) -> Iterator[list[Row]]:
        """Read what events name: of a few one by one, else all of the chain in slices."""
        sql = "SELECT sequence, source_id, annotation_id FROM event WHERE chain_id = ? AND "
        wanted = self._events.sequence[self._events.annotated == 1]
        if wanted.size * _FEW > self._position:
            more = "sequence > ? AND sequence <= ? AND annotation_id IS NOT NULL ORDER BY sequence"
            yield from slices(self._engine, sql + more, (self._chain_id, self._position))
            return
        for start in range(0, wanted.size, SLICE_ROWS):
            some = wanted[start : start + SLICE_ROWS].tolist()
            with self._engine.connect() as connection:
                statements = Statements(connection)
                yield list(statements.rows_in(sql + "sequence {in}", some, (self._chain_id,)))
