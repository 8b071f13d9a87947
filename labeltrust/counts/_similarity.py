"""Total similarity of a label to a group of labels, for millions at once."""

from dataclasses import dataclass

import numpy as np

from labeltrust.counts._base import Float, Int, coded, summed
from labeltrust.counts._ordering import ordered

_NEAR = 4
"""Keys spread over up to this many places a row are looked up rather than sorted."""
_FENCE = 3.0
"""Interquartile ranges beyond the quartiles where values are far out (Tukey 1977)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """Labels with weights, in groups (items, labelers, pairs: whatever is compared inside).

    Attributes:
        group: (n,) group codes.
        label: (n,) label codes.
        weight: (n,) weights.
    """

    group: Int
    label: Int
    weight: Float


def unit_values(values: Float) -> Float:
    """Return values moved to [0, 1]; all 0 where there is no range.

    >>> unit_values(np.array([10.0, 20.0, 30.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    span = float(np.ptp(values)) if values.size else 0.0
    return (values - values.min()) / span if span > 0 else np.zeros_like(values)


def fenced_values(values: Float, level: str) -> Float:
    """Return values with far-off ones of an open scale moved to its fence.

    On an open scale of numbers anybody can type 1e12; measured by that range all others would be
    alike, and nobody's disagreement would show. So values beyond Tukey's far-out fences (three
    interquartile ranges of the distinct values off the quartiles) count as lying on the fence.
    Ranks and codes are left as they are.

    >>> fenced_values(np.array([0.0, 1.0, 2.0, 3.0, 1e12]), "interval").tolist()
    [0.0, 1.0, 2.0, 3.0, 9.0]
    """
    if level not in {"interval", "ratio"} or not values.size:
        return values
    low, high = np.quantile(values, [0.25, 0.75])
    reach = _FENCE * (high - low)
    return np.clip(values, low - reach, high + reach)


def total_similarity(kind: str, asked: tuple[Int, Int], among: Weighted, values: Float) -> Float:
    """Return, for each label asked about, its summed weighted similarity to its group.

    Args:
        kind: `equal` (1 if the same label), `linear` (1 - |x - y|) or `quadratic`
            (1 - (x - y)^2), with values moved to [0, 1] first.
        asked: (k,) group codes and (k,) label codes.
        among: The labels compared with. A label asked about that is itself in the group counts.
        values: (n_labels,) numeric position of each label.

    >>> among = Weighted(group=np.array([0, 0]), label=np.array([0, 2]), weight=np.ones(2))
    >>> asked = np.array([0, 0]), np.array([0, 1])
    >>> total_similarity("linear", asked, among, np.array([0.0, 1.0, 2.0])).tolist()
    [1.0, 1.0]
    """
    return _KINDS[kind](asked, among, unit_values(values))


def _equal(asked: tuple[Int, Int], among: Weighted, values: Float) -> Float:
    size = max(values.size, 1)
    there, wanted = among.group * size + among.label, asked[0] * size + asked[1]
    span = int(max(there.max(initial=0), wanted.max(initial=0))) + 1
    if span <= _NEAR * (there.size + wanted.size):
        of_key = summed(there, among.weight, span)
        return np.take(of_key, wanted)
    key, place = coded(there)
    total = np.append(summed(place, among.weight, key.size), 0.0)
    at = np.searchsorted(key, wanted)
    found = np.append(key, -1)[at] == wanted
    return np.where(found, total[at], 0.0)


def _linear(asked: tuple[Int, Int], among: Weighted, values: Float) -> Float:
    size = values.size + 1
    rank = np.unique(values, return_inverse=True)[1]
    key = among.group * size + rank[among.label]
    order, key = ordered(key)
    weight, value = among.weight[order], values[among.label[order]]
    mass = np.concatenate([[0.0], np.cumsum(weight)])
    moment = np.concatenate([[0.0], np.cumsum(weight * value)])
    low, here, high = (
        np.searchsorted(key, k, side="right")
        for k in (asked[0] * size - 1, asked[0] * size + rank[asked[1]], (asked[0] + 1) * size - 1)
    )
    x = values[asked[1]]
    total, below = mass[high] - mass[low], mass[here] - mass[low]
    distance = x * (2 * below - total) - (2 * moment[here] - moment[low] - moment[high])
    similarity: Float = total - distance
    return similarity


def _quadratic(asked: tuple[Int, Int], among: Weighted, values: Float) -> Float:
    group, place = coded(among.group)
    y = values[among.label]
    moments = [np.append(summed(place, among.weight * y**k, group.size), 0.0) for k in range(3)]
    at = np.searchsorted(group, asked[0])
    at = np.where(np.append(group, -1)[at] == asked[0], at, group.size)
    x = values[asked[1]]
    m0, m1, m2 = (m[at] for m in moments)
    similarity: Float = m0 - (x**2 * m0 - 2 * x * m1 + m2)
    return similarity


_KINDS = {"equal": _equal, "linear": _linear, "quadratic": _quadratic}
BY_PARTS = "by_parts"
KIND_OF_LEVEL = {
    "nominal": "equal",
    "ordinal": "linear",
    "interval": "linear",
    "ratio": "linear",
    "set": BY_PARTS,
    "spans": BY_PARTS,
    "boxes": BY_PARTS,
    "text": BY_PARTS,
}
"""Similarity used inside an item at each level: 1 - |x - y| / range where labels have an order, and
what `domain.similarity` says of their parts where they have any."""
