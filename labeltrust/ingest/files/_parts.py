"""Labels with parts, in the shapes by which they are compared: spans, boxes, polygons."""

import json
from collections.abc import Iterable, Mapping
from typing import cast

from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import LabelValue
from labeltrust.ingest._strict_json import shown
from labeltrust.ingest.files._around import a_list, a_number, an_object

Part = dict[str, object]


def span(start: object, end: object, label: object, place: str) -> Part:
    """Return a span, end exclusive.

    Raises:
        InvalidEvent: Places that are no numbers, or in the wrong order.

    >>> span(0, 4, "PER", "spans/0")
    {'start': 0, 'end': 4, 'label': 'PER'}
    """
    begin, last = a_number(start, f"{place}/start"), a_number(end, f"{place}/end")
    if begin > last:
        raise InvalidEvent(f"begins at {begin} and ends at {last}", place=place, code="bad_span")
    return {"start": begin, "end": last, "label": _name(label, place)}


def box(sides: tuple[object, object, object, object], label: object, place: str) -> Part:
    """Return a box from its left, top, width and height.

    >>> box((0, 0, 2, 3), "car", "objects/0")
    {'x': 0, 'y': 0, 'width': 2, 'height': 3, 'label': 'car'}
    """
    names = ("x", "y", "width", "height")
    found: Part = {n: a_number(v, f"{place}/{n}") for n, v in zip(names, sides, strict=True)}
    return found | {"label": _name(label, place)}


def polygon(points: object, label: object, place: str) -> Part:
    """Return a polygon from its corners, each `{"x", "y"}` or `[x, y]`.

    >>> polygon([{"x": 0, "y": 1}, [2, 3]], "car", "objects/0")
    {'points': [[0, 1], [2, 3]], 'label': 'car'}
    """
    corners = [_corner(one, f"{place}/points") for one in a_list(points, f"{place}/points")]
    if not corners:
        raise InvalidEvent("has no corner", place=place, code="wrong_type")
    return {"points": corners, "label": _name(label, place)}


def pairs(numbers: object, place: str) -> list[object]:
    """Return a flat list of numbers as pairs.

    >>> pairs([0, 1, 2, 3], "points")
    [[0, 1], [2, 3]]
    """
    flat = a_list(numbers, place)
    if len(flat) % 2:
        raise InvalidEvent("an odd number of coordinates", place=place, code="wrong_type")
    return [flat[n : n + 2] for n in range(0, len(flat), 2)]


def ordered(parts: Iterable[Mapping[str, object]]) -> LabelValue:
    """Return parts in an order of their own, so that the order of drawing makes no other label.

    >>> ordered([{"start": 5}, {"start": 1}])
    [{'start': 1}, {'start': 5}]
    """
    return cast("list[object]", sorted(parts, key=lambda one: json.dumps(one, sort_keys=True)))


def _corner(value: object, place: str) -> list[object]:
    two = 2
    if isinstance(value, list) and len(value) == two:
        return [a_number(one, place) for one in value]
    point = an_object(value, place)
    return [a_number(point.get("x"), place), a_number(point.get("y"), place)]


def _name(label: object, place: str) -> object:
    if isinstance(label, str | int) and not isinstance(label, bool):
        return label
    if label is None:
        return ""
    detail = f"has the label {shown(label)}, which is no text"
    raise InvalidEvent(detail, place=place, code="wrong_type")
