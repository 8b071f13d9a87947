"""Columns of the history as files beside the database, so that only what is new is read again.

What is in the history never changes; so columns read once are good for ever, and what came since is
read on top. The files are derived: they may go at any time, and come back. Each holds the events of
one question between two places of its chain and names the hashes that stand there; the chain binds
all that comes before a hash, so that files of another history (a database restored from a copy, a
folder moved) are not taken for those of this one.
"""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from labeltrust.store.slices import (
    NUMBERS,
    SLICE_ROWS,
    EventColumns,
    ReadEvents,
    read_after,
)
from labeltrust.store.statements import Statements

VERSION: Final = 1
"""Of the files; others are not read."""
FEWEST: Final = 50_000
"""Events below which reading them again is quicker than a file is worth."""
_MOST_FILES: Final = 16
_TAIL: Final = 8
"""What is new is written with all before it where it is more than one part in so many of it."""

_WIDTHS: Final = (np.int8, np.int16, np.int32, np.int64)

Hashes = Mapping[int, str]
Stored = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class _File:
    """The events after place `start` up to place `end` of a chain."""

    path: Path
    start: int
    end: int

    def read(self, hashes: Hashes) -> Stored:
        """Return the arrays; ValueError where the file belongs to another history."""
        with self.path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = dict(archive)
        told = json.loads(arrays["history"].tobytes())
        if told != [hashes[self.start], hashes[self.end]]:
            raise ValueError(self.path)
        return arrays


class KeptEvents:
    """The columns of one question that lie in a folder."""

    def __init__(
        self, home: Path, engine: Engine, chain_id: int, question_id: int, fewest: int = FEWEST
    ) -> None:
        """Keep where the files lie; the folder is made when it is needed."""
        self._folder = home / "columns" / f"{chain_id}-{question_id}"
        self._engine = engine
        self._of = chain_id, question_id
        self._fewest = fewest

    def read(self, through: int, slice_rows: int = SLICE_ROWS) -> EventColumns:
        """Return what `slices.read_events` does, and keep it where that is worth a file."""
        files, found = self._known(through)
        end = files[-1].end if files else 0
        words, suggestions = found.texts.known
        known = found.n, len(words), len(suggestions)
        read_after(found, self._engine, self._of, (end, through), slice_rows)
        columns = found.columns()
        if end < through and columns.sequence.size >= self._fewest:
            self._keep(files, columns, known, (end, through))
        return columns

    def _known(self, through: int) -> tuple[list[_File], ReadEvents]:
        """Return files that follow one another from the start of the chain, and what they hold."""
        files = _in_line(self._folder, through)
        found = ReadEvents()
        try:
            hashes = self._hashes({f.start for f in files} | {f.end for f in files})
            for file in files:
                _add(found, file.read(hashes))
        except (OSError, ValueError, KeyError, BadZipFile):
            return [], ReadEvents()  # gone, cut, or of another history: the history itself is read
        return files, found

    def _hashes(self, places: set[int]) -> dict[int, str]:
        """Return what the chain says at some places: the hashes of the event there."""
        sql = "SELECT sequence, leaf, previous FROM event WHERE chain_id = ? AND sequence {in}"
        wanted = sorted(places - {0})
        with self._engine.connect() as connection:
            rows = list(Statements(connection).rows_in(sql, wanted, (self._of[0],)))
        return {0: ""} | {row[0]: bytes(row[1]).hex() + bytes(row[2]).hex() for row in rows}

    def _keep(
        self,
        files: list[_File],
        columns: EventColumns,
        known: tuple[int, int, int],
        between: tuple[int, int],
    ) -> None:
        """Write what is new to a file of its own, or all to one where there are many."""
        new = columns.sequence.size - known[0]
        whole = len(files) >= _MOST_FILES or new * _TAIL > columns.sequence.size
        if whole:
            known, between = (0, 0, 0), (0, between[1])
        stored = _stored(columns, known)
        hashes = self._hashes(set(between))
        told = json.dumps([hashes[place] for place in between])
        stored["history"] = np.frombuffer(told.encode(), dtype=np.uint8)
        _write(self._folder, f"v{VERSION}-{between[0]}-{between[1]}.npz", stored)
        for file in files if whole else []:
            file.path.unlink(missing_ok=True)


def _in_line(folder: Path, through: int) -> list[_File]:
    """Return the files that lead furthest from the start of the chain, no further than asked."""
    longest: dict[int, _File] = {}
    for path in folder.glob(f"v{VERSION}-*-*.npz"):
        start, end = (int(part) for part in path.stem.split("-")[1:])
        if end <= through and (start not in longest or longest[start].end < end):
            longest[start] = _File(path, start, end)
    line: list[_File] = []
    while following := longest.pop(line[-1].end if line else 0, None):
        line.append(following)
    return line


def _stored(columns: EventColumns, known: tuple[int, int, int]) -> Stored:
    """Return what comes after what is known, each column as narrow as its numbers allow."""
    rows, words, suggestions = known
    stored = {name: _narrow(getattr(columns, name)[rows:]) for name in NUMBERS}
    texts = {
        "words": list(columns.words[words:]),
        "suggestions": [raw.decode() for raw in columns.suggestions[suggestions:]],
    }
    return stored | {
        name: np.frombuffer(json.dumps(value).encode(), dtype=np.uint8)
        for name, value in texts.items()
    }


def _narrow(column: NDArray[Any]) -> NDArray[Any]:
    if column.dtype.kind == "f" or not column.size:
        return column
    least, most = int(column.min()), int(column.max())
    fits = (k for k in _WIDTHS if np.iinfo(k).min <= least and most <= np.iinfo(k).max)
    return column.astype(next(fits))


def _add(found: ReadEvents, arrays: Stored) -> None:
    found.parts.append([arrays[name] for name in NUMBERS])
    words, suggestions = (json.loads(arrays[name].tobytes()) for name in ("words", "suggestions"))
    found.texts.learn(words, (raw.encode() for raw in suggestions))


def _write(folder: Path, name: str, stored: Stored) -> None:
    """Write a file whole or not at all; without room there is none, and nothing is lost."""
    draft = None
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".", delete=False) as file:
            draft = Path(file.name)
            np.savez(file, allow_pickle=False, **stored)
        draft.replace(folder / name)
    except OSError:
        if draft is not None:
            draft.unlink(missing_ok=True)
