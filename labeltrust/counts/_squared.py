"""Krippendorff's squared distances: total distance of a label to a group of labels."""

import numpy as np

from labeltrust.counts._base import Float, Int, summed
from labeltrust.counts._ordering import ordered
from labeltrust.counts._similarity import Weighted, total_similarity

_CHUNK = 1 << 21
"""Pairs written out at once where a distance has no closed sum: 50 MB of scratch."""


def total_distance(level: str, asked: tuple[Int, Int], among: Weighted, values: Float) -> Float:
    """Return, for each label asked about, the summed weighted delta^2 to its group.

    Distances of Krippendorff (2011), section D: nominal 1[x != y]; interval (x - y)^2 with values
    moved to [0, 1], which leaves alpha as it is; ratio ((x - y)/(x + y))^2 with 0/0 = 0. Ordinal
    distances depend on the frequencies and are not fixed.

    Args:
        level: `nominal`, `interval` or `ratio`.
        asked: (k,) group codes and (k,) label codes.
        among: The labels compared with.
        values: (n_labels,) numeric position of each label.

    >>> among = Weighted(group=np.array([0, 0]), label=np.array([0, 1]), weight=np.ones(2))
    >>> total_distance("ratio", (np.array([0]), np.array([0])), among, np.array([1.0, 3.0]))
    array([0.25])
    """
    if level == "ratio":
        return _ratio(asked, among, values)
    kind = {"nominal": "equal", "interval": "quadratic"}[level]
    size = int(max(asked[0].max(initial=-1), among.group.max(initial=-1))) + 1
    mass = summed(among.group, among.weight, size)[asked[0]]
    distance: Float = mass - total_similarity(kind, asked, among, values)
    return np.maximum(distance, 0.0)


def ratio_distance(x: Float, y: Float) -> Float:
    """Return ((x - y)/(x + y))^2, 0 where both are 0."""
    both = x + y
    distance: Float = ((x - y) / np.where(both == 0, 1.0, both)) ** 2
    return distance


def _ratio(asked: tuple[Int, Int], among: Weighted, values: Float) -> Float:
    out = np.zeros(asked[0].size)
    order, group = ordered(among.group)
    y, weight = values[among.label[order]], among.weight[order]
    low = np.searchsorted(group, asked[0], side="left")
    size = np.searchsorted(group, asked[0], side="right") - low
    end = np.cumsum(size)
    start = 0
    while start < out.size:
        base = end[start] - size[start]
        stop = max(start + 1, int(np.searchsorted(end, base + _CHUNK, side="right")))
        who, there = _expand(low[start:stop], size[start:stop])
        x = values[asked[1][start:stop]][who]
        out[start:stop] = summed(who, weight[there] * ratio_distance(x, y[there]), stop - start)
        start = stop
    return out


def _expand(low: Int, size: Int) -> tuple[Int, Int]:
    """Return every (asked, place) pair of the half-open ranges [low, low + size)."""
    who = np.repeat(np.arange(low.size), size)
    step = np.arange(who.size) - np.repeat(np.cumsum(size) - size, size)
    return who, low[who] + step


def within(group: Int) -> tuple[Int, Int]:
    """Return all ordered pairs of places that lie in one group, each with itself too.

    Args:
        group: (n,) group codes, ascending.

    >>> [pair.tolist() for pair in within(np.array([0, 0, 3]))]
    [[0, 0, 1, 1, 2], [0, 1, 0, 1, 2]]
    """
    low = np.searchsorted(group, group, side="left")
    return _expand(low, np.searchsorted(group, group, side="right") - low)
