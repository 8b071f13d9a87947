"""Features of items as last told, one column a feature."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from labeltrust.store.names import item_representatives
from labeltrust.store.slices import Int
from labeltrust.store.statements import Row, Statements

Column = tuple[Int, NDArray[np.generic]]
_SLICE: Final = 5_000
_SQL = (
    "SELECT item_id, features FROM item_content WHERE item_id > ? AND item_id <= ? "
    "AND features <> '{}' ORDER BY item_id LIMIT ?"
)
_HITS = (
    "SELECT h.pattern_id, h.item_id FROM trigger_hit h JOIN trigger_pattern p "
    "ON p.id = h.pattern_id WHERE p.removed_at IS NULL AND h.item_id >= ? AND h.item_id <= ?"
)
_HELD = np.array(["absent", "held"])


def item_features(engine: Engine, items: Int) -> dict[str, Column]:
    """Return the features of items: by name, the ids of those that have it and its values.

    Values are floats, or texts where one of them is a text or a truth value; lists and objects are
    no features. Of merged items, the one that stands for them speaks, else the newest.

    Args:
        engine: The database.
        items: Ids of the items, merges resolved.
    """
    wanted, told = np.unique(items), _told(engine, items)
    triggers = _triggers(engine, wanted)
    if not told:
        return triggers
    ids = np.array([row[0] for row in told], dtype=np.int64)
    item = item_representatives(engine, ids)
    order = np.lexsort((ids, ids == item, item))
    speaks = order[np.append(item[order][1:] != item[order][:-1], [True])]
    speaks = speaks[np.isin(item[speaks], wanted)]
    found = _columns({int(item[row]): msgspec.json.decode(told[row][1]) for row in speaks})
    return found | triggers


def _triggers(engine: Engine, wanted: Int) -> dict[str, Column]:
    """Return each live pattern that was found as a feature, so that signals test its items apart.

    Of merged items it holds where any of them holds it.
    """
    first, last = int(wanted.min(initial=1)), int(wanted.max(initial=0))
    with engine.connect() as connection:
        rows = Statements(connection).rows(_HITS, (first, last))
    if not rows:
        return {}
    pattern, item = np.array(rows, dtype=np.int64).T
    item = item_representatives(engine, item)
    return {
        f"pattern {number}": (wanted, np.isin(wanted, item[pattern == number]).choose(_HELD))
        for number in np.unique(pattern).tolist()
        if np.isin(item[pattern == number], wanted).any()
    }


def _told(engine: Engine, items: Int) -> list[Row]:
    """Read in slices, each a short transaction; nothing where nothing was told."""
    after, last, told = int(items.min(initial=1)) - 1, int(items.max(initial=0)), []
    while after < last:
        with engine.connect() as connection:
            some = Statements(connection).rows(_SQL, (after, last, _SLICE))
        told += some
        if len(some) < _SLICE:
            break
        after = int(some[-1][0])
    return told


def _columns(of_items: Mapping[int, Mapping[str, object]]) -> dict[str, Column]:
    values: dict[str, dict[int, object]] = defaultdict(dict)
    for item, features in of_items.items():
        for name, value in features.items():
            if isinstance(value, str | bool | int | float):
                values[name][item] = value
    return {
        name: (np.fromiter(column, dtype=np.int64, count=len(column)), _array(column))
        for name, column in sorted(values.items())
    }


def _array(column: Mapping[int, object]) -> NDArray[np.generic]:
    values = list(column.values())
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
        return np.array(values, dtype=np.float64)
    return np.array([v if isinstance(v, str) else msgspec.json.encode(v).decode() for v in values])
