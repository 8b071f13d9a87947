"""The class of each item that a fitted crowd believes in, beside its plain consensus."""

from dataclasses import dataclass

import numpy as np

from labeltrust.counts import Judgments
from labeltrust.inference.crowd_labels import crowd_labels
from labeltrust.inference.crowd_rows import MAX_CLASSES, Float, Int, crowd_rows
from labeltrust.inference.dawid_skene import dawid_skene
from labeltrust.inference.truth_model import Fitting

NOT_INFERRED = -1
SMOOTHING = 1.0
"""Chosen on published crowds with gold from 0, 1, 6 and 20, see the decision on truth inference."""
_EVEN = 1e-9  # chances that differ by rounding only are the same
_NOMINAL = frozenset({"nominal", "ordinal"})


@dataclass(frozen=True, slots=True, kw_only=True)
class InferredLabels:
    """What is inferred of every item; arrays have shape (n_items,).

    Attributes:
        label: Label code, `NOT_INFERRED` where nothing is, or several are equally probable.
        posterior: Chance of the most probable label in [0, 1], 1 on gold; NaN where nothing is.
        n: Labels behind it, one a labeler.
    """

    label: Int
    posterior: Float
    n: Int


def inferred_labels(judgments: Judgments, trust: Float | None = None) -> InferredLabels:
    """Infer the label of every item by Dawid and Skene's model; gold items stay as they are.

    Numeric scales, and questions of more than `MAX_CLASSES` labels, have nothing inferred: too few
    labels to learn who takes which class for which.

    Args:
        judgments: Labels that count; the last answer of a labeler to an item is taken.
        trust: (n_labelers,) weights, at least 0; None: everybody counts the same.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 1, 2, 2, 2], [0, 1, 2] * 2, [0, 0, 1, 1, 1, 1], n_labelers=3,
    ...           values=[0, 1], gold=([1], [1]))
    >>> found = inferred_labels(b)
    >>> found.label.tolist(), found.n.tolist(), float(found.posterior[0])
    ([1, 1], [3, 3], 1.0)
    """
    n = np.bincount(crowd_rows(judgments).item, minlength=judgments.n_items)
    chance = label_chances(judgments, trust)
    if chance is None:
        none = np.full(judgments.n_items, NOT_INFERRED, dtype=np.int64)
        return InferredLabels(label=none, posterior=np.full(none.size, np.nan), n=n)
    top = chance.max(axis=1, initial=0.0)
    alone = (chance >= top[:, None] - _EVEN).sum(axis=1) == 1
    return InferredLabels(
        label=np.where(alone, chance.argmax(axis=1), NOT_INFERRED), posterior=top, n=n
    )


def label_chances(judgments: Judgments, trust: Float | None = None) -> Float | None:
    """Return the chance of every label to be the true one, (n_items, n_labels).

    None where nothing is inferred, see `inferred_labels`.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 2, 2], [0, 1, 0, 1], [0, 0, 1, 1], n_labelers=2, values=[0, 1])
    >>> found = label_chances(b)
    >>> found.shape, bool(found[0, 0] > 0.5)
    ((2, 2), True)
    """
    if judgments.level not in _NOMINAL or not 0 < judgments.n_labels <= MAX_CLASSES:
        return None
    rows = crowd_rows(judgments)
    chance = dawid_skene(crowd_labels(rows, trust), Fitting(smoothing=SMOOTHING)).posterior
    return chance[:, : judgments.n_labels]
