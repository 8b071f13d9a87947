"""Parts of labels in one shape, whatever the platform calls them: spans, boxes, polygons, ranks.

The keys are those that `domain/similarity` measures: `start` and `end`; `x`, `y`, `width`,
`height`; `points`; and the class under `label`. Parts are sorted, so that the order of drawing
makes no other label.
"""

import json
from collections.abc import Iterable, Mapping
from typing import cast

from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import LabelValue
from labeltrust.ingest._strict_json import shown

Part = dict[str, object]


def ordered(parts: Iterable[Part]) -> LabelValue:
    """Return parts in one order.

    >>> ordered([{"start": 5}, {"start": 1}])
    [{'start': 1}, {'start': 5}]
    """
    return cast("list[object]", sorted(parts, key=_written))


def _written(part: Part) -> str:
    return json.dumps(part, sort_keys=True)


def one_or_list(texts: list[str]) -> LabelValue:
    """Return the only text, or all of them; None where there is none.

    >>> one_or_list(["a"]), one_or_list(["a", "b"]), one_or_list([])
    ('a', ['a', 'b'], None)
    """
    return texts[0] if len(texts) == 1 else cast("list[object]", texts) or None


def number_at(parent: Mapping[str, object], name: str, place: str) -> float:
    """Return a number inside an object.

    Raises:
        InvalidEvent: `bad_label`.

    >>> number_at({"x": 1}, "x", "/box")
    1
    """
    value = parent.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise bad_label(f"is {shown(value)}, not a number", f"{place}/{name}")


def text_at(parent: Mapping[str, object], name: str, place: str) -> str:
    """Return a text inside an object.

    Raises:
        InvalidEvent: `bad_label`.
    """
    value = parent.get(name)
    if isinstance(value, str) and value:
        return value
    raise bad_label(f"is {shown(value)}, not a text", f"{place}/{name}")


def points_of(value: object, place: str) -> list[list[float]]:
    """Return a polygon's corners out of a list of `{"x", "y"}`.

    Raises:
        InvalidEvent: `bad_label`.

    >>> points_of([{"x": 0, "y": 1}], "/polygon")
    [[0, 1]]
    """
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise bad_label(f"is {shown(value)}, not a list of corners", place)
    return [
        [number_at(one, "x", f"{place}/{n}"), number_at(one, "y", f"{place}/{n}")]
        for n, one in enumerate(value)
    ]


def ranking(rows: Iterable[tuple[float | None, str]]) -> LabelValue:
    """Return what stands on which rank, best first; None is the rank of what was not ranked.

    >>> ranking([(2, "b"), (1, "c"), (2, "a"), (None, "d")])[:2]
    [{'rank': 1, 'items': ['c']}, {'rank': 2, 'items': ['a', 'b']}]
    """
    by_rank: dict[float | None, list[str]] = {}
    for rank, value in rows:
        by_rank.setdefault(rank, []).append(value)
    ranks = sorted(by_rank, key=lambda rank: (rank is None, rank or 0))
    return [{"rank": rank, "items": sorted(by_rank[rank])} for rank in ranks]


def bad_label(detail: str, place: str) -> InvalidEvent:
    """Return the refusal of a label in an unknown form."""
    return InvalidEvent(detail, place=place, code="bad_label")
