"""Likeness of boxes: overlap of the best one-to-one matching, class by class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from labeltrust.domain.similarity._base import (
    Float,
    Int,
    Measure,
    chunks,
    classes_of,
    coded,
    dice,
    expanded,
    number,
    parts_of,
    whole,
)

MOST_MATCHED = 200
"""Boxes of one class in one label that take part in a matching; see `box_f1`."""
_CORNERS = (("x1", "y1", "x2", "y2"), ("xmin", "ymin", "xmax", "ymax"))
_SIZES = (("x", "y", "width", "height"), ("left", "top", "width", "height"))
Corners = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Groups:
    """Boxes of every label and class, sorted by both and by place.

    Attributes:
        key: (n_groups,) label times the number of classes, plus class; ascending.
        begins: (n_groups + 1,) first box of each group.
        of_label: (n_labels + 1,) first group of each label.
        corner: (n_boxes, 4) x1, y1, x2, y2 with x1 <= x2 and y1 <= y2.
        n_classes: Number of classes.
    """

    key: Int
    begins: Int
    of_label: Int
    corner: Float
    n_classes: int

    @property
    def size(self) -> Int:
        """(n_groups,) boxes that take part in a matching."""
        found: Int = np.minimum(np.diff(self.begins), MOST_MATCHED)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blocks:
    """Groups of one class to be matched; arrays have shape (k,).

    Attributes:
        pair: Which pair of labels.
        one: Group of the one label.
        two: Group of the other.
    """

    pair: Int
    one: Int
    two: Int


def box_f1(words: Sequence[str]) -> Measure:
    """Return the measure 2 sum IoU / (n_A + n_B) over the best one-to-one matching of boxes.

    IoU is intersection over union (Everingham et al. 2010, PASCAL VOC, section 4.2); boxes match
    within a class, so that the sum of IoU is greatest (Kuhn 1955). With IoU of 1 for hits it is the
    F1 of either against the other. A part that is no box is like its equals only. Two labels
    without boxes are alike.

    A box is `{"x", "y", "width", "height"}`, `{"left", "top", ...}`, `{"x1", "y1", "x2", "y2"}` or
    `{"xmin", ...}`, with `label`, `labels` or `class`, in any unit that the question keeps to. A
    list of `points` (a polygon) counts as the box around it, and rotation is not looked at.

    Of more than `MOST_MATCHED` boxes of one class in one label only that many take part, top left
    first, so that no pair takes longer than some hundredths of a second; the others are left aside.

    Args:
        words: Canonical labels (JSON lists of boxes) by code.

    >>> boxes = ['[{"x":0,"y":0,"width":2,"height":1}]', '[{"x":1,"y":0,"width":2,"height":1}]']
    >>> box_f1(boxes)(np.array([0]), np.array([1])).round(4).tolist()
    [0.3333]
    """
    groups = _groups([_boxes(word) for word in words])
    total = np.add.reduceat(np.append(groups.size, 0), groups.of_label[:-1]) if words else None
    counted = np.zeros(0) if total is None else np.where(np.diff(groups.of_label) > 0, total, 0)

    def measure(one: Int, two: Int) -> Float:
        blocks = _blocks(groups, one, two)
        cells = groups.size[blocks.one] * groups.size[blocks.two]
        best = np.zeros(blocks.pair.size)
        for part in chunks(cells):
            best[part] = _matched(groups, blocks.one[part], blocks.two[part])
        shared = np.bincount(blocks.pair, best, minlength=one.size).astype(np.float64)
        return dice(shared, counted[one].astype(np.float64), counted[two].astype(np.float64))

    return measure


def _blocks(groups: _Groups, one: Int, two: Int) -> _Blocks:
    """Return the classes that both labels of a pair have boxes of."""
    pair, mine = expanded(groups.of_label[one], np.diff(groups.of_label)[one])
    wanted = two[pair] * groups.n_classes + groups.key[mine] % groups.n_classes
    at = np.minimum(np.searchsorted(groups.key, wanted), max(groups.key.size - 1, 0))
    found = groups.key[at] == wanted
    return _Blocks(pair=pair[found], one=mine[found], two=at[found])


def _matched(groups: _Groups, one: Int, two: Int) -> Float:
    """Return the greatest sum of IoU of each block: (k,)."""
    rows, columns = groups.size[one], groups.size[two]
    block, cell = expanded(np.zeros_like(one), rows * columns)
    a = groups.begins[one][block] + cell // columns[block]
    b = groups.begins[two][block] + cell % columns[block]
    overlap = iou(groups.corner[a], groups.corner[b])
    begins = np.cumsum(rows * columns) - rows * columns
    best: Float = np.maximum.reduceat(overlap, begins) if one.size else np.zeros(0)
    for k in np.flatnonzero((rows > 1) & (columns > 1)).tolist():  # one row or column: its maximum
        size = int(rows[k] * columns[k])
        table = overlap[begins[k] : begins[k] + size].reshape(int(rows[k]), int(columns[k]))
        best[k] = table[linear_sum_assignment(table, maximize=True)].sum()
    return best


def iou(one: Float, two: Float) -> Float:
    """Return intersection over union of boxes given by corners; equal ones without area are 1.

    >>> iou(np.array([[0.0, 0.0, 2.0, 2.0]]), np.array([[1.0, 1.0, 3.0, 3.0]])).round(4).tolist()
    [0.1429]
    """
    low, high = np.maximum(one[:, :2], two[:, :2]), np.minimum(one[:, 2:], two[:, 2:])
    shared = np.maximum(high - low, 0.0).prod(axis=1)
    either = _area(one) + _area(two) - shared
    equal: Float = (one == two).all(axis=1).astype(np.float64)
    found: Float = np.divide(shared, either, out=equal, where=either > 0)
    return found


def _area(corner: Float) -> Float:
    area: Float = (corner[:, 2:] - corner[:, :2]).prod(axis=1)
    return area


def _boxes(word: str) -> list[tuple[str, Corners]]:
    return sorted(box for part in parts_of(word) for box in _box(part))


def _box(part: object) -> list[tuple[str, Corners]]:
    corners = _corners(part) if isinstance(part, dict) else None
    if corners is None or not isinstance(part, dict):
        return [(whole(part), (0.0, 0.0, 1.0, 1.0))]
    x1, y1, x2, y2 = corners
    ordered = min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)
    return [(name, ordered) for name in classes_of(part)]


def _corners(part: dict[str, object]) -> Corners | None:
    for names in _CORNERS:
        found = [number(part.get(name)) for name in names]
        if None not in found:
            return tuple(found)  # type: ignore[return-value] # four numbers, none of them None
    for names in _SIZES:
        x, y, width, height = (number(part.get(name)) for name in names)
        if x is not None and y is not None and width is not None and height is not None:
            return x, y, x + width, y + height
    return _around(part.get("points"))


def _around(points: object) -> Corners | None:
    """Return the box around a polygon, None if it is none."""
    if not isinstance(points, list) or not points:
        return None
    places = [[number(x) for x in p] if isinstance(p, list) else [] for p in points]
    if any(len(p) != 2 or None in p for p in places):  # noqa: PLR2004 - x and y
        return None
    corner = np.array(places, dtype=np.float64)
    (x1, y1), (x2, y2) = corner.min(axis=0).tolist(), corner.max(axis=0).tolist()
    return x1, y1, x2, y2


def _groups(boxes: list[list[tuple[str, Corners]]]) -> _Groups:
    label = np.repeat(np.arange(len(boxes)), [len(some) for some in boxes])
    flat = [box for some in boxes for box in some]
    kind = coded([box[0] for box in flat])
    corner = np.array([box[1] for box in flat], dtype=np.float64).reshape(-1, 4)
    n_classes = int(kind.max(initial=0)) + 1
    order = np.lexsort((corner[:, 0], corner[:, 1], label * n_classes + kind))
    key, begins = np.unique((label * n_classes + kind)[order], return_index=True)
    return _Groups(
        key=key,
        begins=np.append(begins, label.size),
        of_label=np.searchsorted(key // n_classes, np.arange(len(boxes) + 1)),
        corner=corner[order],
        n_classes=n_classes,
    )
