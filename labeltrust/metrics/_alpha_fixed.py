"""Expected disagreement for distances that do not depend on the frequencies.

It is a quadratic form B(n, n) of the label frequencies. Those without labeler a and group g are
P - S, with P the project's without g and S the labeler's own without g; so B(P - S, P - S) =
B(P, P) - 2 B(P, S) + B(S, S), where every term is a sum over the few labels the labeler used. No
table of labelers times labels is ever made.
"""

import numpy as np
from scipy import sparse

from labeltrust.counts._base import summed
from labeltrust.counts._cells import Cells
from labeltrust.counts._similarity import Weighted, unit_values
from labeltrust.counts._split import N_GROUPS
from labeltrust.counts._squared import ratio_distance, total_distance
from labeltrust.counts.coincidences import Coincidences
from labeltrust.metrics._estimates import Float, Int

_AT_ONCE = 1 << 21
"""Distances written out at once: 16 MB."""
_ROUNDING = 1e-13
"""Relative size below which a difference of large sums is rounding, not disagreement."""


def expected(counts: Coincidences) -> Float:
    """Return sum over x, y of n_x n_y delta^2(x, y) without each labeler and group of items.

    Returns:
        (n_labelers + 1, 1 + N_GROUPS): a row for each labeler left out and a last one for nobody; a
        column for all items and one for each group left out. Exactly 0 where labels are all alike.
    """
    groups = counts.margin.dense()
    whole = np.vstack([groups.sum(axis=0), groups.sum(axis=0) - groups])
    distance = _to_all(counts.level, whole, counts.values)
    both = np.einsum("cx,cx->c", whole, distance)
    crossed, own = _crossed(counts.margin_change, distance), _own(counts)
    each = np.vstack([both - 2 * crossed + own, both])
    return np.where(each > _ROUNDING * both[0], each, 0.0)


def _to_all(level: str, whole: Float, values: Float) -> Float:
    """Return the summed distance of every label to every row of frequencies, same shape."""
    total = whole.sum(axis=1, keepdims=True)
    if level == "nominal":
        unlike: Float = total - whole
        return unlike
    if level == "ratio":
        return _ratio(whole, values)
    unit = unit_values(values)
    first, second = (whole @ unit)[:, None], (whole @ unit**2)[:, None]
    squared: Float = total * unit**2 - 2 * unit * first + second
    return squared


def _ratio(whole: Float, values: Float) -> Float:
    out = np.zeros_like(whole)
    step = max(1, _AT_ONCE // max(values.size, 1))
    for low in range(0, values.size, step):
        part = ratio_distance(values[:, None], values[None, low : low + step])
        out[:, low : low + step] = whole @ part
    return out


def _crossed(change: Cells, distance: Float) -> Float:
    """Return B(P, S) for every labeler and column: (n_labelers, 1 + N_GROUPS)."""
    labeler, group, label = change.index
    pooled = change.over(0, 2)
    own = sparse.csr_array((pooled.sums[0], pooled.index), shape=pooled.shape)
    out: Float = own @ distance.T
    key = labeler * (1 + N_GROUPS) + 1 + group
    inside = summed(key, change.sums[0] * distance[1 + group, label], out.size)
    return out - inside.reshape(out.shape)


def _own(counts: Coincidences) -> Float:
    """Return B(S, S) for every labeler and column: (n_labelers, 1 + N_GROUPS)."""
    change = counts.margin_change
    labeler, group, label = change.index
    key = labeler * N_GROUPS + group

    def form(inside: Int) -> Float:
        among = Weighted(group=inside, label=label, weight=change.sums[0])
        far = total_distance(counts.level, (inside, label), among, counts.values)
        size = change.shape[0] * N_GROUPS
        return summed(key, change.sums[0] * far, size).reshape(-1, N_GROUPS)

    to_all, to_group = form(labeler), form(key)
    whole = to_all.sum(axis=1, keepdims=True)
    return np.hstack([whole, whole - 2 * to_all + to_group])
