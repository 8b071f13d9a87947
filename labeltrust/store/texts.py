"""What is shown of items as text, read in slices of bounded size."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np
from sqlalchemy import Engine

from labeltrust.store.names import item_representatives
from labeltrust.store.slices import Int
from labeltrust.store.statements import Statements

_SLICE: Final = 2_000
LONGEST: Final = 40_000
"""Characters of an item's content that are read: a slice stays below some hundred megabytes."""
_SQL = (
    "SELECT item_id, substr(content, 1, ?) FROM item_content WHERE item_id > ? AND item_id <= ? "
    "AND content <> '{}' ORDER BY item_id LIMIT ?"
)
_decode = msgspec.json.Decoder(dict[str, Any]).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What reviewers see of some items.

    Attributes:
        item: (n,) item ids, merges resolved: of merged items each tells what it holds.
        content: What was last told of each; of one that is too long the beginning, as `text`.
    """

    item: Int
    content: tuple[Mapping[str, Any], ...]


def item_contents(engine: Engine, items: Int) -> Iterator[Contents]:
    """Yield what is shown of items, each slice a short transaction; nothing where nothing was told.

    Args:
        engine: The database.
        items: Ids of the items, merges resolved.
    """
    after, last = int(items.min(initial=1)) - 1, int(items.max(initial=0))
    while after < last:
        with engine.connect() as connection:
            rows = Statements(connection).rows(_SQL, (LONGEST, after, last, _SLICE))
        if not rows:
            return
        after = int(rows[-1][0])
        item = item_representatives(engine, np.array([row[0] for row in rows], dtype=np.int64))
        kept = np.flatnonzero(np.isin(item, items))
        yield Contents(item=item[kept], content=tuple(_content(rows[k][1]) for k in kept.tolist()))
        if len(rows) < _SLICE:
            return


def _content(raw: str) -> Mapping[str, Any]:
    if len(raw) < LONGEST:
        return _decode(raw)
    # cut off in the middle: what escapes are left would else stick to words
    return {"text": raw.replace("\\n", " ").replace("\\t", " ").replace("\\r", " ")}
