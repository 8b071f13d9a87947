"""The rows that fitting reads: one label a labeler and item, classes few enough to have errors."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeltrust.counts import Judgments
from labeltrust.counts._answers import last_answers

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]

MAX_CLASSES = 12
"""More classes than this leave too few labels per pair of classes to learn who confuses which."""
N_BINS = 5
"""Numeric scales are cut into fifths of the pooled labels."""


def summed(key: Int, weight: Float | Bool, size: int) -> Float:
    """Sum weights by key, (size,).

    >>> summed(np.array([1, 1, 0]), np.array([0.5, 0.5, 2.0]), 3).tolist()
    [2.0, 1.0, 0.0]
    """
    total: Float = np.bincount(key, weights=weight, minlength=size).astype(np.float64)
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdRows:
    """One row per (item, labeler), the last answer where there are several; sorted by item.

    Attributes:
        item: (n,) item codes, ascending.
        labeler: (n,) labeler codes.
        label: (n,) class codes in [0, n_classes), see `class_of_label`.
        occurred_us: (n,) event time.
        received_us: (n,) received time.
        row: (n,) the row of the block that each one is.
        gold: (n_items,) gold class, -1 where none.
        n_labelers: Size of the labeler code space.
        n_classes: Number of classes.
        class_of_label: (n_labels,) class of each label code of the block.
    """

    item: Int
    labeler: Int
    label: Int
    occurred_us: Int
    received_us: Int
    row: Int
    gold: Int
    n_labelers: int
    n_classes: int
    class_of_label: Int

    @property
    def n(self) -> int:
        """Number of rows."""
        return int(self.item.size)

    @property
    def n_items(self) -> int:
        """Number of items."""
        return int(self.gold.size)

    @property
    def activity(self) -> Int:
        """(n_labelers,) rows of each labeler."""
        return np.bincount(self.labeler, minlength=self.n_labelers)


def crowd_rows(judgments: Judgments) -> CrowdRows:
    """Return the rows of a block that fitting reads.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 2], [0, 0, 1], [0, 1, 1], n_labelers=2, values=[0, 1],
    ...           received_us=[5, 9, 5])
    >>> crowd_rows(b).label.tolist()
    [1, 1]
    """
    rows = last_answers(judgments, np.arange(judgments.n))
    classes = class_of_label(judgments)
    label = classes[judgments.label[rows]]
    gold = (
        np.where(judgments.gold >= 0, classes[judgments.gold], -1)
        if classes.size
        else (judgments.gold)
    )
    return CrowdRows(
        item=judgments.item[rows],
        labeler=judgments.labeler[rows],
        label=label,
        occurred_us=judgments.occurred_us[rows],
        received_us=judgments.received_us[rows],
        row=rows,
        gold=gold,
        n_labelers=judgments.n_labelers,
        n_classes=int(classes.max(initial=0)) + 1,
        class_of_label=classes,
    )


def class_of_label(judgments: Judgments) -> Int:
    """Return a class for every label code: itself, a fifth of the scale, or `rare` for the rest.

    Numbers are cut at the quintiles of the pooled labels; of more than `MAX_CLASSES` nominal labels
    the rare ones share the last class.

    Returns:
        (n_labels,) class codes, gapless from 0.
    """
    n = np.bincount(judgments.label, minlength=judgments.n_labels)
    if judgments.n_labels <= MAX_CLASSES:
        return np.arange(judgments.n_labels)
    if judgments.level == "nominal":
        rank = np.empty(n.size, dtype=np.int64)
        rank[np.argsort(-n, kind="stable")] = np.arange(n.size)
        return np.minimum(rank, MAX_CLASSES - 1)
    by_value = np.argsort(judgments.values, kind="stable")
    before = np.cumsum(n[by_value]) - n[by_value] / 2
    fifth = np.minimum((before * N_BINS) // max(int(n.sum()), 1), N_BINS - 1)
    out = np.empty(n.size, dtype=np.int64)
    out[by_value] = np.unique(fifth, return_inverse=True)[1]
    return out
