"""What is kept of items, held against what the records of the chains say was told of them.

Content and features can be corrected and erased, so they lie outside the history; what binds them
are the digests in the records of events that told them (`shown_digest`). Kept must be something
that was told; that it is the newest is not shown. Records of version 1 hold no such digest: what
they may have told is kept unproven.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from labeltrust.store.repeats import MARK_BYTES, SAID_BYTES, shown_mark
from labeltrust.store.slices import slices
from labeltrust.store.statements import Row, Statements
from labeltrust.store.vault import pseudonym
from labeltrust.store.verification import ENTRIES, stored_chains

TOLD_SINCE: Final = 2
"""Records from this version on say what was told."""
_SLICE: Final = 2_000
_MOST_PARTS: Final = 32
_END: Final = b"\x01"  # a text of numpy loses zero bytes at its end
_VERSION, _DIGEST, _ITEM = 0, 5, 11  # columns of `ENTRIES`
_NOTHING: Final = bytes(MARK_BYTES)
_PARTS: Final = {"content": SAID_BYTES, "features": SAID_BYTES + MARK_BYTES}
"""Where the digest of each begins."""
_ITEMS: Final = (
    "SELECT a.id, p.name, a.salt, a.outside_id, a.pseudonym, c.content, c.features "
    "FROM item_alias a JOIN project p ON p.id = a.project_id "
    "LEFT JOIN item_content c ON c.item_id = a.id "
    "WHERE a.id > ? AND a.id <= ? AND a.salt IS NOT NULL"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OddItem:
    """An item of which something else is kept than was told.

    Attributes:
        part: `content` or `features`.
        mark: Of what is kept; empty where nothing is.
    """

    item: int
    project: str
    part: str
    mark: bytes


@dataclass(slots=True)
class KeptItems:
    """What a look at all items found.

    Attributes:
        renamed: Items whose name does not belong to their pseudonym.
        odd: Items of which something else is kept than was told.
        proven: Contents and features that are as they were told.
        unproven: Those of which no record says so.
    """

    renamed: list[int]
    odd: list[OddItem]
    proven: int = 0
    unproven: int = 0


class Told:
    """What records say was told of items: of each half a pseudonym, and half a digest behind it.

    32 bytes for each different thing told: 64 MB for a million items with features.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._parts: dict[str, list[NDArray[np.bytes_]]] = defaultdict(list)

    def add(self, rows: Sequence[Row]) -> None:
        """Add rows of `ENTRIES`."""
        named = {(row[_VERSION] < TOLD_SINCE, row[_ITEM]) for row in rows if row[_ITEM]}
        for kind, is_old in (("old", True), ("new", False)):
            self._keep(kind, {item[:MARK_BYTES] for old, item in named if old is is_old})
        telling = {
            (row[_ITEM][:MARK_BYTES], row[_DIGEST])
            for row in rows
            if len(row[_DIGEST]) > SAID_BYTES
        }
        for part, start in _PARTS.items() if telling else ():
            marks = {(item, digest[start : start + MARK_BYTES]) for item, digest in telling}
            marks -= {(item, _NOTHING) for item, _ in telling}
            self._keep(part, {item + mark for item, mark in marks})
            self._keep(f"some {part}", {item for item, _ in marks})

    def merge(self, other: "Told") -> None:
        """Add what another one knows."""
        for kind, parts in other._parts.items():  # noqa: SLF001 - of the same class
            self._parts[kind] += parts

    def has(self, kind: str, keys: list[bytes]) -> NDArray[np.bool_]:
        """Say of each key whether it is known."""
        known, sought = self._known(kind), _texts(keys)
        if not (known.size and sought.size):
            return np.zeros(len(keys), dtype=bool)
        place = np.minimum(np.searchsorted(known, sought), known.size - 1)
        return np.equal(known[place], sought, dtype=bool)

    def _keep(self, kind: str, keys: set[bytes]) -> None:
        if keys:
            self._parts[kind].append(_texts(keys))
        if len(self._parts[kind]) > _MOST_PARTS:
            self._known(kind)

    def _known(self, kind: str) -> NDArray[np.bytes_]:
        parts = self._parts[kind]
        if len(parts) > 1:
            parts[:] = [np.unique(np.concatenate(parts))]
        elif not parts:
            return np.zeros(0, dtype="S1")
        return parts[0]


def look_at_items(engine: Engine, told: Told) -> KeptItems:
    """Look at every item once: at its name, and at what is kept of it.

    Items of chains that `told` does not know are passed over, but for their names.
    """
    found = KeptItems(renamed=[], odd=[])
    for rows in _items(engine):
        found.renamed += [r[0] for r in rows if r[3] is not None and pseudonym(r[2], r[3]) != r[4]]
        for part, column in (("content", 5), ("features", 6)):
            _look(found, told, part, [(*row[:5], row[column]) for row in rows])
    return found


def told_meanwhile(
    engine: Engine, odd: list[OddItem], through: Mapping[str, int]
) -> Iterator[OddItem]:
    """Yield the odd items that records made since do not explain either.

    Args:
        engine: The database.
        odd: As they were found.
        through: The last record known to `Told` then, by chain.
    """
    told = Told()
    for chain in stored_chains(engine) if odd else []:
        if chain.name in through:
            after, last = through[chain.name], chain.head.next_sequence - 1
            for rows in slices(engine, ENTRIES, (chain.id, last), after=after):
                told.add(rows)
    for one in odd:
        if not (one.mark and told.has(one.part, [one.mark])[0]):
            yield one


def _look(found: KeptItems, told: Told, part: str, rows: list[Row]) -> None:
    """Hold a part of items (id, project, salt, name, pseudonym, text) against the records."""
    items = [row[4][:MARK_BYTES] for row in rows]
    texts = ["" if row[5] in (None, "{}") else row[5] for row in rows]
    marks = [
        item + shown_mark(text, row[2]) if text else b""
        for row, item, text in zip(rows, items, texts, strict=True)
    ]
    kept = np.array([bool(text) for text in texts], dtype=bool)
    right = told.has(part, marks) & kept
    old = told.has("old", items)
    bound = told.has("new", items) & ~old
    odd = np.where(kept, ~right & bound, told.has(f"some {part}", items))
    found.proven += int(right.sum())
    found.unproven += int((kept & ~right & old).sum())
    found.odd += [
        OddItem(item=rows[n][0], project=rows[n][1], part=part, mark=marks[n])
        for n in np.flatnonzero(odd).tolist()
    ]


def _items(engine: Engine) -> Iterator[list[Row]]:
    with engine.connect() as connection:
        newest = Statements(connection).rows("SELECT max(id) FROM item_alias")[0][0] or 0
    for start in range(0, newest, _SLICE):
        with engine.connect() as connection:
            yield Statements(connection).rows(_ITEMS, (start, start + _SLICE))


def _texts(keys: Iterable[bytes]) -> NDArray[np.bytes_]:
    """Return keys as a sorted array where they are a set, in their order otherwise."""
    every = [key + _END for key in (sorted(keys) if isinstance(keys, set) else keys)]
    return np.array(every, dtype=f"S{max(map(len, every), default=1)}")
