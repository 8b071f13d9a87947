"""Digests of what items show, to find the same content under two ids."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import pyarrow as pa
from sqlalchemy import Engine

from labeltrust.store.slices import Int
from labeltrust.store.statements import Statements

MOST: Final = 50_000
"""Items whose contents are read: enough for a share to within half a percent."""
_SLICE: Final = 5_000
_SQL = "SELECT item_id, content FROM item_content WHERE content <> '{}' AND item_id {in}"


def content_marks(engine: Engine, items: Iterable[int]) -> tuple[Int, Int]:
    """Return items that show something, and a number that equal contents share.

    Args:
        engine: The database.
        items: At most `MOST` of them are read.
    """
    wanted = list(items)[:MOST]
    found: list[int] = []
    texts: list[str] = []
    for start in range(0, len(wanted), _SLICE):
        with engine.connect() as connection:
            rows = list(Statements(connection).rows_in(_SQL, wanted[start : start + _SLICE]))
        found += [int(row[0]) for row in rows]
        texts += [row[1] for row in rows]
    marks = pa.array(texts, type=pa.large_string()).dictionary_encode().indices
    return np.array(found, dtype=np.int64), marks.to_numpy(zero_copy_only=False).astype(np.int64)
