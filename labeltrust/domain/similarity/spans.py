"""Likeness of spans: F1 of the places they cover, class by class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labeltrust.domain.similarity._base import (
    Float,
    Int,
    Measure,
    classes_of,
    coded,
    dice,
    expanded,
    number,
    parts_of,
    whole,
)

Piece = tuple[str, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ranges:
    """Disjoint half-open ranges of every label and class, sorted by both and by place.

    Attributes:
        group: (n,) label times the number of classes, plus class.
        start: (n,) first place.
        end: (n,) one past the last.
        covered: (n,) places of all ranges before.
        begins: (n_labels + 1,) first range of each label.
        places: Distinct starts and ends, ascending: a place's rank makes an exact whole-number key.
        n_classes: Number of classes.
    """

    group: Int
    start: Float
    end: Float
    covered: Float
    begins: Int
    places: Float
    n_classes: int

    def key(self, group: Int, place: Float) -> Int:
        return group * (self.places.size + 1) + np.searchsorted(self.places, place)

    def total(self) -> Float:
        """Return the places each label covers, one a class."""
        label = np.repeat(np.arange(self.begins.size - 1), np.diff(self.begins))
        size = self.begins.size - 1
        return np.bincount(label, self.end - self.start, minlength=size).astype(np.float64)


def span_f1(words: Sequence[str]) -> Measure:
    """Return the measure 2 |A and B| / (|A| + |B|) over (class, place), for some lists of spans.

    That is the F1 of either against the other by characters (seconds in sound), micro-averaged over
    classes, as in SQuAD (Rajpurkar et al. 2016, section 6.1) with places for words. A span counts
    under each of its classes; doubly covered places count once. A part that is no span (a relation,
    a ranking) is like its equals only and counts one place. Two lists without spans are alike.

    A span is `{"start", "end"}` with `label`, `labels` or `class`; offsets of Label Studio's
    `globalOffsets` go before; `[start, end, class]` is understood too.

    Args:
        words: Canonical labels (JSON lists of spans) by code.

    >>> spans = ['[{"start":0,"end":4,"label":"PER"}]', '[[2,6,"PER"]]', '[[0,4,"ORG"]]']
    >>> span_f1(spans)(np.array([0, 0]), np.array([1, 2])).tolist()
    [0.5, 0.0]
    """
    pieces = [[piece for part in parts_of(word) for piece in _pieces(part)] for word in words]
    ranges = _ranges(pieces)
    total = ranges.total()
    keys = ranges.key(ranges.group, ranges.start)

    def measure(one: Int, two: Int) -> Float:
        size = np.diff(ranges.begins)
        few, many = np.where(size[one] <= size[two], (one, two), (two, one))
        who, at = expanded(ranges.begins[few], size[few])
        other = many[who] * ranges.n_classes + ranges.group[at] % ranges.n_classes
        below = [_below(ranges, keys, other, x[at]) for x in (ranges.start, ranges.end)]
        shared = np.bincount(who, below[1] - below[0], minlength=one.size).astype(np.float64)
        return dice(shared, total[one], total[two])

    return measure


def _below(ranges: _Ranges, keys: Int, group: Int, place: Float) -> Float:
    """Return how much of a group's ranges, and of all groups before, lies below a place."""
    at = np.searchsorted(keys, ranges.key(group, place), side="right") - 1
    inside = (at >= 0) & (ranges.group[at] == group)
    before = np.append(ranges.covered, ranges.covered[-1:] + (ranges.end - ranges.start)[-1:])
    part = np.minimum(place, ranges.end[at]) - ranges.start[at]
    return np.where(inside, before[at] + part, before[at + 1])


def _pieces(part: object) -> list[Piece]:
    """Return (class, start, end) of a part; of one that is no span a class of its own."""
    found = _span(part)
    if found is None or found[1] == found[2]:
        return [(whole(part), 0.0, 1.0)]
    names, start, end = found
    return [(name, min(start, end), max(start, end)) for name in names]


def _span(part: object) -> tuple[list[str], float, float] | None:
    if isinstance(part, list) and len(part) == 3:  # noqa: PLR2004 - start, end, class
        part = {"start": part[0], "end": part[1], "label": part[2]}
    if not isinstance(part, dict):
        return None
    offsets = part.get("globalOffsets")
    offsets = offsets if isinstance(offsets, dict) else part
    start, end = number(offsets.get("start")), number(offsets.get("end"))
    return None if start is None or end is None else (classes_of(part), start, end)


def _ranges(pieces: list[list[Piece]]) -> _Ranges:
    label = np.repeat(np.arange(len(pieces)), [len(some) for some in pieces])
    flat = [piece for some in pieces for piece in some]
    kind = coded([piece[0] for piece in flat])
    n_classes = int(kind.max(initial=0)) + 1
    group = label * n_classes + kind
    start, end = (np.array([piece[k] for piece in flat], dtype=np.float64) for k in (1, 2))
    order = np.lexsort((start, group))
    group, start, end = _merged(group[order], start[order], end[order])
    length = end - start
    return _Ranges(
        group=group,
        start=start,
        end=end,
        covered=np.cumsum(length) - length,
        begins=np.searchsorted(group // n_classes, np.arange(len(pieces) + 1)),
        places=np.unique(np.concatenate([start, end])),
        n_classes=n_classes,
    )


def _merged(group: Int, start: Float, end: Float) -> tuple[Int, Float, Float]:
    """Join ranges of one group that overlap; rows come sorted by group and start."""
    if not group.size:
        return group, start, end
    places = np.unique(np.concatenate([start, end]))
    wide = places.size + 1
    reach = np.maximum.accumulate(group * wide + np.searchsorted(places, end))
    first = np.ones(group.size, dtype=np.bool_)
    first[1:] = (group * wide + np.searchsorted(places, start))[1:] > reach[:-1]
    at = np.flatnonzero(first)
    last = places[reach[np.append(at[1:], group.size) - 1] % wide]
    return group[at], start[at], last
