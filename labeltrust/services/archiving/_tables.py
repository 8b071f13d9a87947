"""The rows of an archive: integers that stay the same as long as their history does."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labeltrust.engine._parts import READ
from labeltrust.store.judgments import Asked, LoadedJudgments
from labeltrust.store.scales import ordered_words

Int = NDArray[np.int64]
JUDGMENTS: Final = pa.schema(
    [
        *READ,
        ("order_us", pa.int64()),
        ("doubted", pa.bool_()),
        ("delivery", pa.int64()),
        ("sequence", pa.int64()),
    ]
)
"""`labeler` is an id, `label`, `suggestion` and `gold` are places in the words, -1 for none."""
GOLD: Final = pa.schema([("item", pa.int64()), ("label", pa.int32()), ("received_us", pa.int64())])
WORDS: Final = pa.schema([("word", pa.string()), ("code", pa.int32()), ("value", pa.float64())])
"""In the order in which labels were first met: a place never changes. `code` orders them by their
scale; -1 for labels that the scale as it is now does not have."""
LABELERS: Final = pa.schema([("labeler", pa.int64())])
"""Ascending: the place is the code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    """All labels that a question ever saw.

    Attributes:
        words: Canonical labels, declared classes first, then as they were met.
        place_of_code: (n_words,) place of each code of the scale's order.
        table: The same as a table of `WORDS`.
    """

    words: tuple[str, ...]
    place_of_code: Int
    table: pa.Table


def dictionary_of(asked: Asked, met: Sequence[str]) -> Dictionary:
    """Return the labels of a question as an archive numbers them."""
    declared = json.loads(asked.classes) if asked.classes is not None else []
    words = tuple(dict.fromkeys([*declared, *met]))
    ordered = ordered_words(tuple(met), asked.scale, asked.classes)
    place = {word: number for number, word in enumerate(words)}
    place_of_code = np.array([place[word] for word in ordered.words], dtype=np.int64)
    code = np.full(len(words), -1, dtype=np.int64)
    code[place_of_code] = np.arange(place_of_code.size)
    value = np.append(ordered.values, np.nan)[code]
    columns = [words, code, pa.array(value, mask=code < 0)]
    arrays = [pa.array(c, f.type) for c, f in zip(columns, WORDS, strict=True)]
    table = pa.table(arrays, schema=WORDS)
    return Dictionary(words=words, place_of_code=place_of_code, table=table)


def judgments_table(loaded: LoadedJudgments, dictionary: Dictionary) -> pa.Table:
    """Return the judgments of one bucket, sorted by item, then as the chain has them."""
    order = np.lexsort((loaded.sequence, loaded.item))
    ids = np.array([labeler.id for labeler in loaded.labelers], dtype=np.int64)
    places = np.append(dictionary.place_of_code, -1)
    columns: dict[str, NDArray[Any]] = {
        "labeler": ids[loaded.labeler] if ids.size else loaded.labeler,
        "label": places[loaded.label],
        "suggestion": places[loaded.suggestion],
        "gold": places[_gold_of(loaded)],
        "doubted": loaded.doubted.astype(np.bool_),
    }
    arrays = [
        pa.array((columns[f.name] if f.name in columns else getattr(loaded, f.name))[order]).cast(
            f.type
        )
        for f in JUDGMENTS
    ]
    return pa.table(arrays, schema=JUDGMENTS)


def gold_table(loaded: LoadedJudgments, dictionary: Dictionary) -> pa.Table:
    """Return the gold labels of one bucket, sorted by item."""
    order = np.argsort(loaded.gold_item)
    label = dictionary.place_of_code[loaded.gold_label] if order.size else loaded.gold_label
    columns = loaded.gold_item, label, loaded.gold_received_us
    arrays = [pa.array(c[order]).cast(f.type) for c, f in zip(columns, GOLD, strict=True)]
    return pa.table(arrays, schema=GOLD)


def _gold_of(loaded: LoadedJudgments) -> Int:
    """Return (n,) the gold code of each judgment's item, -1 where it has none."""
    order = np.argsort(loaded.gold_item)
    item = np.append(loaded.gold_item[order], -1)
    label = np.append(loaded.gold_label[order], -1)
    place = np.searchsorted(item[:-1], loaded.item)
    return np.where(item[place] == loaded.item, label[place], -1)
