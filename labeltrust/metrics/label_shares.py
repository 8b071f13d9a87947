"""How much of the labels each class takes, by labeler and by window, with intervals.

Every class has its own number: a shift of a small class drowns in a measure of all of them.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from labeltrust.counts._cells import Cells, cells
from labeltrust.counts._split import N_GROUPS
from labeltrust.counts.label_mix import N_DAYS, LabelMix
from labeltrust.metrics._estimates import Bool, Estimates, Float, Int, estimates, unseen_share
from labeltrust.metrics._jackknife import jackknife
from labeltrust.metrics._peer_sums import without_groups
from labeltrust.metrics.gold_accuracy import wilson
from labeltrust.metrics.label_windows import Window

NO_LABELS = "no labels in the window"
ALL_DAYS: Window = (0, N_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelerShares:
    """One row per labeler and class he used; arrays have shape (k,).

    Attributes:
        labeler: Labeler codes.
        label: Class codes.
        share: Share of the class in the labeler's labels; n counts his labels.
    """

    labeler: Int
    label: Int
    share: Estimates


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareChanges:
    """One row per class; arrays have shape (n_classes,).

    Attributes:
        change: Share in the later window less that in the earlier; n counts labels of the later.
        p_value: Two-sided test of no change, NaN where it cannot be told.
    """

    change: Estimates
    p_value: Float


def labeler_shares(counts: LabelMix, window: Window = ALL_DAYS) -> LabelerShares:
    """Return the share of each class in each labeler's labels, with Wilson intervals.

    A labeler gives one label an item, so his labels are independent draws.

    >>> from labeltrust.counts import block, label_mix
    >>> b = block([1, 2, 3, 4], [0] * 4, [0, 0, 0, 1], n_labelers=1, values=[0, 1])
    >>> found = labeler_shares(label_mix.count(b))
    >>> found.label.tolist(), found.share.value.tolist()
    ([0, 1], [0.75, 0.25])
    """
    table = _during(counts.observed, window)
    labeler, label = table.index
    total = np.bincount(labeler, table.sums[0], minlength=table.shape[0])
    share = wilson(table.sums[0], total[labeler], NO_LABELS)
    return LabelerShares(labeler=labeler, label=label, share=share)


def project_shares(counts: LabelMix, window: Window = ALL_DAYS) -> Estimates:
    """Return the share of each class in the project's labels of a window.

    The labels of one item go together, so the intervals leave out random groups of items in turn.

    Returns:
        (n_classes,) shares in [0, 1]; n counts labels.

    >>> from labeltrust.counts import block, label_mix
    >>> b = block([1, 2, 3, 4], [0] * 4, [0, 0, 0, 1], n_labelers=1, values=[0, 1])
    >>> project_shares(label_mix.count(b)).value.tolist()
    [0.75, 0.25]
    """
    share, n = _shares(counts, window)
    margin = jackknife(share[:, 1:], _occupied(n, len(share))).margin
    margin = np.where(margin > 0, margin, unseen_share(np.maximum(n[0], 1)))
    low, high = np.maximum(share[:, 0] - margin, 0.0), np.minimum(share[:, 0] + margin, 1.0)
    n_labels = np.full(len(share), n[0])
    return estimates(share[:, 0], low, high, n_labels, (NO_LABELS, n_labels == 0))


def share_changes(counts: LabelMix, before: Window, after: Window) -> ShareChanges:
    """Return how the share of each class in the project's labels changed between two windows.

    Returns:
        (n_classes,) changes in [-1, 1], in shares of all labels.

    >>> from labeltrust.counts import block, label_mix
    >>> day = [0] * 20 + [86_400_000_000] * 20
    >>> b = block(range(40), [0] * 40, [0] * 20 + [0, 1] * 10, n_labelers=1, values=[0, 1],
    ...           occurred_us=day)
    >>> share_changes(label_mix.count(b), (0, 1), (1, 2)).change.value.tolist()
    [-0.5, 0.5]
    """
    (old, n_old), (new, n_new) = (_shares(counts, window) for window in (before, after))
    change, k = new - old, len(new)
    occupied = _occupied(n_old, k) | _occupied(n_new, k)
    spread = jackknife(change[:, 1:], occupied)
    low = np.maximum(change[:, 0] - spread.margin, -1.0)
    high = np.minimum(change[:, 0] + spread.margin, 1.0)
    none = np.full(k, (n_old[0] == 0) | (n_new[0] == 0))
    told = np.isfinite(spread.error) & (spread.error > 0) & ~none
    ratio = np.divide(np.abs(change[:, 0]), spread.error, out=np.zeros(k), where=told)
    p_value = 2 * stats.t.sf(ratio, np.maximum(occupied.sum(axis=1) - 1, 1))
    found = estimates(change[:, 0], low, high, np.full(k, n_new[0]), (NO_LABELS, none))
    return ShareChanges(change=found, p_value=np.where(told, p_value, np.nan))


def _shares(counts: LabelMix, window: Window) -> tuple[Float, Float]:
    """Return shares (n_classes, 1 + N_GROUPS) and labels (1 + N_GROUPS,), whole and without."""
    kept = without_groups(_during(counts.project, window).dense().T)
    n = kept.sum(axis=0)
    return np.divide(kept, n, out=np.full(kept.shape, np.nan), where=n > 0), n


def _occupied(n: Float, n_classes: int) -> Bool:
    return np.broadcast_to(n[1:] < n[0], (n_classes, N_GROUPS))


def _during(table: Cells, window: Window) -> Cells:
    """Return a table by day, rows and class, summed over the days of a window."""
    day, row, label = table.index
    inside = (day >= window[0]) & (day < window[1])
    return cells(table.shape[1:], (row[inside], label[inside]), table.sums[0][inside])
