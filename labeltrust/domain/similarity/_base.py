"""What a measure of likeness is, and the arithmetic of ranges that all of them share."""

import json
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Measure = Callable[[Int, Int], Float]
"""Takes (k,) codes of labels and (k,) codes of others; returns (k,) similarities in [0, 1]."""

CHUNK = 1 << 21
"""Places written out at once: about 100 MB of scratch."""


def expanded(low: Int, size: Int) -> tuple[Int, Int]:
    """Return every (row, place) of the half-open ranges [low, low + size).

    >>> [x.tolist() for x in expanded(np.array([5, 9]), np.array([2, 1]))]
    [[0, 0, 1], [5, 6, 9]]
    """
    who = np.repeat(np.arange(low.size), size)
    step = np.arange(who.size) - np.repeat(np.cumsum(size) - size, size)
    return who, low[who] + step


def chunks(size: Int, most: int = CHUNK) -> Iterator[slice]:
    """Yield slices of rows whose sizes sum to at most `most`; one row that is larger comes alone.

    >>> [(s.start, s.stop) for s in chunks(np.array([3, 3, 9, 1]), 6)]
    [(0, 2), (2, 3), (3, 4)]
    """
    end = np.cumsum(size)
    start = 0
    while start < size.size:
        base = end[start] - size[start]
        stop = max(start + 1, int(np.searchsorted(end, base + most, side="right")))
        yield slice(start, stop)
        start = stop


def parts_of(word: str) -> list[object]:
    """Return the parts of a canonical structured label; a text that is no list is one part.

    >>> parts_of('[{"start":0}]'), parts_of("old text")
    ([{'start': 0}], ['old text'])
    """
    try:
        found = json.loads(word)
    except ValueError:
        return [word]
    return found if isinstance(found, list) else [found]


def classes_of(part: dict[str, object]) -> list[str]:
    """Return the classes of a region: `labels`, `label` or `class`; one empty class without them.

    >>> classes_of({"labels": ["PER", "ORG"]}), classes_of({"label": "car"}), classes_of({})
    (['ORG', 'PER'], ['car'], [''])
    """
    found = next((part[key] for key in ("labels", "label", "class") if key in part), "")
    several = found if isinstance(found, list) else [found]
    names = {name if isinstance(name, str) else whole(name) for name in several}
    return sorted(names) or [""]


def whole(part: object) -> str:
    """Return a part that cannot be measured as one text: it is like its equals only."""
    return json.dumps(part, sort_keys=True, ensure_ascii=False)


def number(value: object) -> float | None:
    """Return a place on a line or in a picture, None if it is none (or absurdly far off)."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= FAR:
        return None
    return float(value)


FAR = 1e9
"""Places further off than this are no offsets or pixels; sums of places stay exact enough."""


def coded(texts: Sequence[str]) -> Int:
    """Return a code for every text, equal for equal texts.

    >>> coded(["b", "a", "b"]).tolist()
    [0, 1, 0]
    """
    codes: dict[str, int] = {}
    return np.array([codes.setdefault(text, len(codes)) for text in texts], dtype=np.int64)


def dice(shared: Float, one: Float, two: Float) -> Float:
    """Return 2 shared / (one + two), 1 where both are empty: the F1 of either against the other.

    >>> dice(np.array([1.0, 0.0]), np.array([2.0, 0.0]), np.array([1.0, 0.0])).round(3).tolist()
    [0.667, 1.0]
    """
    total = one + two
    found = np.divide(2 * shared, total, out=np.ones_like(total), where=total > 0)
    clipped: Float = np.clip(found, 0.0, 1.0)
    return clipped
