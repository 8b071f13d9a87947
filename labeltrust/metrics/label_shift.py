"""Whether a labeler's label mix differs from that of other labelers.

Against the same items where they carry several labels (the item mix cancels), else against the
project in the same window.
"""

from dataclasses import dataclass

import numpy as np

from labeltrust.counts._cells import Cells, cells, rows_of
from labeltrust.counts.label_mix import LabelMix
from labeltrust.metrics._estimates import Float, Int
from labeltrust.metrics._shift_test import Compared, Shifts, shifts

MOST_CLASSES = 32
"""Of more classes the rarest of the project are one: their counts say little each."""


def label_shift_from_peers(counts: LabelMix) -> Shifts:
    """Compare each labeler's labels with what another labeler of the same items would give.

    Given the labels of an item, an exchangeable labeler's own is a uniform draw from them, so his
    counts have mean sum n_x/m and covariance sum diag(p) - p p'. Labels on items that nobody else
    labeled do not take part; see `label_shift_from_project` where there are no others.

    Returns:
        (n_labelers,) shifts; n counts labels on items with at least two labelers.

    >>> from labeltrust.counts import block, label_mix
    >>> b = block([1, 1, 2, 2], [0, 1, 0, 1], [0, 1, 0, 1], n_labelers=2, values=[0, 1])
    >>> found = label_shift_from_peers(label_mix.count(b))
    >>> found.size.value.tolist(), found.p_value.round(3).tolist()
    ([0.5, 0.5], [0.157, 0.157])
    """
    pooled, n_classes = pooling(counts)
    observed = pooled_table(counts.compared.over(1, 2), pooled, n_classes)
    expected = pooled_table(counts.expected.over(1, 2), pooled, n_classes)
    covariance = pooled_table(counts.covariance, pooled, n_classes)

    everybody = np.arange(counts.observed.shape[1])
    return shifts(
        Compared(
            observed=rows_of(observed, everybody),
            expected=rows_of(expected, everybody),
            covariance=lambda who: rows_of(covariance, who),
        )
    )


def label_shift_from_project(counts: LabelMix, days: int = 7) -> Shifts:
    """Compare each labeler's labels with everybody else's in the same windows, whatever the items.

    For projects whose items carry a single label. A labeler who was handed other items than the
    rest differs here without fault.

    Args:
        counts: Label mix.
        days: Length of the windows; a labeler's labels are compared window by window and summed.

    Returns:
        (n_labelers,) shifts; n counts labels.

    >>> from labeltrust.counts import block, label_mix
    >>> b = block([1, 2, 3, 4], [0, 0, 1, 1], [0, 0, 0, 1], n_labelers=2, values=[0, 1])
    >>> label_shift_from_project(label_mix.count(b)).size.value.tolist()
    [0.5, 0.5]
    """
    pooled, n_classes = pooling(counts)
    day, labeler, label = counts.observed.index
    windows, place = np.unique(day // days, return_inverse=True)
    shape = (windows.size, counts.observed.shape[1], n_classes)
    table = cells(shape, (place, labeler, pooled[label]), counts.observed.sums[0])
    whole = table.over(0, 2).dense()
    window = table.index[0]
    parts = [
        Cells(shape=shape[1:], key=part.key % (shape[1] * n_classes), sums=part.sums)
        for part in (table.where(window == w) for w in range(windows.size))
    ]
    everybody = np.arange(shape[1])
    terms = [_others(rows_of(part, everybody), w) for part, w in zip(parts, whole, strict=True)]
    return shifts(
        Compared(
            observed=sum((t.own for t in terms), np.zeros(shape[1:])),
            expected=sum((t.n * t.share for t in terms), np.zeros(shape[1:])),
            covariance=lambda who: _covariance(terms, who),
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """One window, with what everybody else says in it; arrays have shape (n_labelers, ...).

    Attributes:
        own: (n_labelers, n_classes) own labels, 0 where nobody else labeled in the window.
        n: (n_labelers, 1) their total.
        share: (n_labelers, n_classes) label shares of everybody else.
        others: (n_labelers, 1) how many labels those are.
    """

    own: Float
    n: Float
    share: Float
    others: Float


def _others(own: Float, everybody: Float) -> _Window:
    rest = everybody - own
    total = rest.sum(axis=1, keepdims=True)
    kept = np.where(total > 0, own, 0.0)
    n = kept.sum(axis=1, keepdims=True)
    return _Window(own=kept, n=n, share=rest / np.maximum(total, 1.0), others=total)


def _covariance(windows: list[_Window], who: Int) -> Float:
    """Return the covariance of own labels less those expected, both sides being samples."""
    n_classes = windows[0].own.shape[1] if windows else 0
    out = np.zeros((who.size, n_classes, n_classes))
    diagonal = np.arange(n_classes)
    for window in windows:
        n, share = window.n[who], window.share[who]
        noise = n * (1 + n / np.maximum(window.others[who], 1.0))
        out[:, diagonal, diagonal] += noise * share
        out -= (noise * share)[:, :, None] * share[:, None, :]
    return out


def pooling(counts: LabelMix) -> tuple[Int, int]:
    """Return the pooled class of each class, and how many there are: the rarest become one."""
    whole = counts.project.over(2).dense()
    if whole.size <= MOST_CLASSES:
        return np.arange(whole.size), whole.size
    place = np.empty(whole.size, dtype=np.int64)
    place[np.argsort(-whole, kind="stable")] = np.arange(whole.size)
    return np.minimum(place, MOST_CLASSES - 1), MOST_CLASSES


def pooled_table(table: Cells, pooled: Int, n_classes: int) -> Cells:
    """Return a table by labeler and one or two classes, with its classes pooled."""
    labeler, *classes = table.index
    shape = (table.shape[0], *[n_classes] * len(classes))
    return cells(shape, (labeler, *(pooled[c] for c in classes)), table.sums[0])
