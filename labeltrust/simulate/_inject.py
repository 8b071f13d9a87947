"""Real labels as a scene, so that attacks can be planted into them.

What nobody knows is put in its place by convention: the truth is the gold label, else the
plurality of the item's labels (the lower median on an ordered scale); without times the order of
the file counts, one second a row; of several answers of one labeler to an item the last counts.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from labeltrust.domain.errors import InvalidInput
from labeltrust.simulate._base import NO_SUGGESTION, Float, Int, Scene
from labeltrust.simulate._circumstances import Assistant, Prose, Traits
from labeltrust.simulate._frames import Words
from labeltrust.simulate._material import suggestions, texts, traits

_SECOND_US = 1_000_000
_ORDERED = frozenset({"ordinal", "interval"})


def scene_of(
    labels: pd.DataFrame, gold: pd.DataFrame | None = None, *, level: str = "nominal"
) -> Scene:
    """Return real labels as a scene; attacks are planted into it with `plant`.

    Args:
        labels: item, labeler, label; created_at (ISO 8601) and duration_seconds where known, and
            suggestion. Rows in which one of the first three is empty are left out.
        gold: item, label; items without labels are left out.
        level: `nominal`, or `ordinal` or `interval` for labels in an order.

    Returns:
        A scene without `honest`, in the codes of `words_of`; `is_timed` is False where a time is
        missing or cannot be read.

    Raises:
        InvalidInput: A column is missing, or there is no label at all.

    >>> frame = pd.DataFrame({"item": ["a", "a"], "labeler": ["x", "y"], "label": ["1", "2"]})
    >>> scene_of(frame).label.tolist()
    [0, 1]
    """
    rows, words = _last_answers(labels), words_of(labels, gold)
    classes = {word: code for code, word in enumerate(words.classes)}
    item = _codes(rows["item"], words.item_names)
    order = np.argsort(item, kind="stable")
    rows, item = rows.iloc[order], item[order]
    label = _as_codes(rows["label"].map(classes))
    known = _known_gold(gold, words, classes)
    guess = _consensus(item, label, (len(words.item_names), len(words.classes)), level)
    occurred = _times(rows)
    return Scene(
        item=item,
        labeler=_codes(rows["labeler"], words.labeler_names),
        label=label,
        occurred_us=rows["_row"].to_numpy() * _SECOND_US if occurred is None else occurred,
        duration_seconds=_seconds(rows),
        truth=np.where(known >= 0, known, guess),
        gold=known >= 0,
        n_labelers=len(words.labeler_names),
        n_classes=len(words.classes),
        level=level,
        suggestion=_suggested(rows, classes),
        is_timed=occurred is not None,
    )


def words_of(labels: pd.DataFrame, gold: pd.DataFrame | None = None) -> Words:
    """Return the names behind the codes of `scene_of`.

    Items and labelers are coded in the order of the file, classes in the order of their numbers if
    all are numbers, else of their text.
    """
    rows = _last_answers(labels)
    told = set(rows["label"]) | (set() if gold is None else set(gold["label"].astype(str)))
    return Words(
        classes=tuple(_in_order(told)),
        labeler="new-account",
        labeler_names=tuple(pd.unique(rows["labeler"])),
        item_names=tuple(pd.unique(rows["item"])),
    )


def with_traits(scene: Scene, given: Traits, rng: np.random.Generator) -> Scene:
    """Give the items of a scene drawn features, the trigger of a backdoor among them."""
    return replace(scene, features=traits(given, scene.truth, scene.n_classes, rng))


def with_texts(scene: Scene, given: Prose, rng: np.random.Generator) -> Scene:
    """Give the items of a scene drawn texts, the trigger word of a backdoor in some."""
    return replace(scene, texts=texts(given, scene.truth.size, rng))


def with_suggestions(scene: Scene, given: Assistant, rng: np.random.Generator) -> Scene:
    """Show the labelers of a scene drawn suggestions; what they said stays as it was."""
    n = scene.n_classes
    alike = np.ones((1, 1)) if n == 1 else (1 - np.eye(n)) / (n - 1)
    shown = suggestions(given, scene.truth, alike, rng)
    return replace(scene, suggestion=None if shown is None else shown[scene.item])


def _last_answers(labels: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in ("item", "labeler", "label") if name not in labels]
    if missing:
        raise InvalidInput(f"column {missing[0]!r} is missing", place="labels")
    keys = labels[["item", "labeler", "label"]]
    told = (keys.notna() & (keys.astype(str) != "")).all(axis=1)
    rows = labels.loc[told].assign(_row=np.flatnonzero(told.to_numpy()))
    if rows.empty:
        raise InvalidInput("there is no label", place="labels")
    rows = rows.astype({"item": str, "labeler": str, "label": str})
    return rows.drop_duplicates(["item", "labeler"], keep="last")


def _in_order(told: set[str]) -> list[str]:
    try:
        return sorted(told, key=float)
    except ValueError:
        return sorted(told)


def _codes(column: "pd.Series[str]", names: tuple[str, ...]) -> Int:
    return pd.Index(names).get_indexer(pd.Index(column)).astype(np.int64)


def _known_gold(gold: pd.DataFrame | None, words: Words, classes: dict[str, int]) -> Int:
    found = np.full(len(words.item_names), -1, dtype=np.int64)
    if gold is None:
        return found
    place = pd.Index(words.item_names).get_indexer(pd.Index(gold["item"].astype(str)))
    code = _as_codes(gold["label"].astype(str).map(classes))
    found[place[place >= 0]] = code[place >= 0]
    return found


def _consensus(item: Int, label: Int, shape: tuple[int, int], level: str) -> Int:
    counts = np.bincount(item * shape[1] + label, minlength=shape[0] * shape[1]).reshape(shape)
    if level in _ORDERED:
        half = counts.sum(axis=1, keepdims=True) / 2
        median: Int = np.argmax(np.cumsum(counts, axis=1) >= half, axis=1)
        return median
    # ties go to the label that is frequent elsewhere
    plurality: Int = np.argmax(counts + counts.sum(axis=0) / (counts.sum() + 1), axis=1)
    return plurality


def _times(rows: pd.DataFrame) -> Int | None:
    if "created_at" not in rows:
        return None
    at = pd.to_datetime(rows["created_at"], utc=True, errors="coerce", format="ISO8601")
    if at.isna().any():
        return None
    return _as_codes(at.dt.as_unit("us").astype("int64"))


def _seconds(rows: pd.DataFrame) -> Float:
    if "duration_seconds" not in rows:
        return np.full(len(rows), np.nan)
    return pd.to_numeric(rows["duration_seconds"], errors="coerce").to_numpy(dtype=np.float64)


def _suggested(rows: pd.DataFrame, classes: dict[str, int]) -> Int | None:
    if "suggestion" not in rows:
        return None
    code = rows["suggestion"].astype(str).map(classes)
    return _as_codes(code.fillna(NO_SUGGESTION))


def _as_codes(column: "pd.Series[Any]") -> Int:
    return np.asarray(column, dtype=np.int64)
