"""Names of labelers and items by their opaque ids, merges resolved."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from sqlalchemy import Engine

from labeltrust.store.slices import NONE, Int
from labeltrust.store.statements import Row, Statements

_SLICE: Final = 20_000
_MOST_STEPS: Final = 64  # of a chain of merges; merging flattens, so one is usual


@dataclass(frozen=True, slots=True, kw_only=True)
class Labeler:
    """A labeler as statistics see it.

    Attributes:
        id: The alias that stands for the person; flags and freezes use it.
        name: Outside id of that alias; `labeler #ID` once erased.
        kind: `human`, `model`, `heuristic` or `import`.
        id_space: Which sources know the name.
    """

    id: int
    name: str
    kind: str
    id_space: str


def labeler_representatives(engine: Engine, alias_ids: Int) -> Int:
    """Return the labeler id behind each alias id; -1 stays -1."""
    return _representatives(engine, "labeler", alias_ids)


def item_representatives(engine: Engine, alias_ids: Int) -> Int:
    """Return the item id behind each alias id; -1 stays -1."""
    return _representatives(engine, "item", alias_ids)


def _representatives(engine: Engine, kind: str, alias_ids: Int) -> Int:
    return resolved(alias_ids, _merged(engine, kind, int(alias_ids.max(initial=0))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Merges:
    """All merges of an installation: (k, 2) alias ids and whom they stand for, ascending."""

    labelers: Int
    items: Int


def all_merges(engine: Engine) -> Merges:
    """Read all merges at once, for those who resolve many columns."""
    newest = "SELECT coalesce(max(id), 0) FROM {}_alias"
    with engine.connect() as connection:
        rows = {
            kind: Statements(connection).rows(newest.format(kind)) for kind in ("labeler", "item")
        }
    found = {kind: _merged(engine, kind, int(row[0][0])) for kind, row in rows.items()}
    return Merges(labelers=found["labeler"], items=found["item"])


def _merged(engine: Engine, kind: str, newest: int) -> Int:
    """Look only at merged aliases: they are few, and a partial scan finds them."""
    sql = f"SELECT id, {kind}_id FROM {kind}_alias WHERE id > ? AND id <= ? AND {kind}_id <> id"  # noqa: S608
    merged: list[Row] = []
    for start in range(0, newest, _SLICE):
        with engine.connect() as connection:
            merged += Statements(connection).rows(sql, (start, min(start + _SLICE, newest)))
    return np.array(sorted(merged), dtype=np.int64).reshape(-1, 2)


def resolved(alias_ids: Int, pairs: Int) -> Int:
    """Return the ids that stand for each alias id, where `pairs` are merges; -1 stays -1."""
    if not pairs.size:
        return alias_ids
    out = alias_ids.copy()
    for _ in range(_MOST_STEPS):
        place = np.minimum(np.searchsorted(pairs[:, 0], out), len(pairs) - 1)
        found = pairs[place, 0] == out
        if not found.any():
            break
        out[found] = pairs[place[found], 1]
    return out


def labelers(engine: Engine, labeler_ids: Int) -> tuple[Labeler, ...]:
    """Return labelers by id, in the order asked for."""
    sql = "SELECT id, outside_id, kind, id_space FROM labeler_alias WHERE id {in}"
    with engine.connect() as connection:
        rows = {row[0]: row for row in Statements(connection).rows_in(sql, labeler_ids.tolist())}
    return tuple(_labeler(*rows[int(number)]) for number in labeler_ids)


def _labeler(number: int, name: str | None, kind: str, id_space: str) -> Labeler:
    shown = f"labeler #{number}" if name is None else name
    return Labeler(id=number, name=shown, kind=kind, id_space=id_space)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemWords:
    """What people are shown of an item.

    Attributes:
        name: Outside id; `item #ID` once erased.
        content: JSON text of the content last told.
        features: JSON text of the features last told.
    """

    id: int
    name: str
    content: str
    features: str


def item_words(engine: Engine, item_ids: Iterable[int]) -> dict[int, ItemWords]:
    """Return names and contents of items, by id; ids that are not there are left out."""
    sql = (
        "SELECT a.id, a.outside_id, c.content, c.features FROM item_alias a "
        "LEFT JOIN item_content c ON c.item_id = a.id WHERE a.id {in}"
    )
    wanted = [int(number) for number in item_ids]
    found: dict[int, ItemWords] = {}
    for start in range(0, len(wanted), _SLICE):
        with engine.connect() as connection:
            rows = Statements(connection).rows_in(sql, wanted[start : start + _SLICE])
            found.update((row[0], _item(*row)) for row in rows)
    return found


def _item(number: int, name: str | None, content: str | None, features: str | None) -> ItemWords:
    shown = f"item #{number}" if name is None else name
    return ItemWords(id=number, name=shown, content=content or "{}", features=features or "{}")


def is_known(alias_ids: Int) -> Int:
    """Return the ids that name something, each once, ascending."""
    return np.unique(alias_ids[alias_ids != NONE])
