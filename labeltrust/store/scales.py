"""Labels of a question in the order of its scale, with their numeric places."""

import json
from dataclasses import dataclass

import numpy as np

from labeltrust.domain.labels import NUMERIC
from labeltrust.store.slices import NONE, Float, Int


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The label code space of a question.

    Attributes:
        words: Canonical labels by code: declared classes first in their order, open scales in
            order of number where all are numbers, else of text.
        values: Numeric place of each code: rank for ordinal, the number for interval and ratio,
            the code for all others.
        level: Level of measurement: the scale itself.
        recode: New code of each old one; -1 for a label outside the scale as it is now.
    """

    words: tuple[str, ...]
    values: Float
    level: str
    recode: Int


def ordered_words(found: tuple[str, ...], scale: str, classes: str | None) -> Words:
    """Order the labels found by the scale of their question.

    Args:
        found: Canonical labels, by their old codes.
        scale: One of `domain.labels.SCALES`.
        classes: JSON list of the declared classes, None for an open scale.

    >>> ordered_words(("10", "9"), "ordinal", None).words
    ('9', '10')
    """
    words = _words(found, scale, classes)
    code = {word: place for place, word in enumerate(words)}
    recode = np.array([code.get(word, NONE) for word in found], dtype=np.int64)
    places = np.arange(len(words), dtype=np.float64)
    values = np.array([float(w) for w in words]) if scale in NUMERIC else places
    return Words(words=words, values=values, level=scale, recode=recode)


def _words(found: tuple[str, ...], scale: str, classes: str | None) -> tuple[str, ...]:
    if classes is not None and scale in {"nominal", "ordinal"}:
        return tuple(json.loads(classes))
    numbers = {word: _number(word) for word in found}
    if scale in NUMERIC:
        found = tuple(word for word in found if numbers[word] is not None)
    if all(number is not None for number in numbers.values()):
        return tuple(sorted(found, key=lambda word: (numbers[word] or 0.0, word)))
    return tuple(sorted(found))


def _number(word: str) -> float | None:
    try:
        number = float(word)
    except ValueError:
        return None
    return number if np.isfinite(number) else None
