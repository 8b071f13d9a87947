"""How often the majority of an item is right, ties and unanimity."""

import numpy as np

from labeltrust.counts.majority import Majority
from labeltrust.domain.estimates import Measured
from labeltrust.metrics.gold_accuracy import wilson


def majority_accuracy(counts: Majority) -> Measured:
    """Return the share of gold items where the majority is right; a tie of k counts 1/k.

    Returns:
        A share in [0, 1] with the Wilson interval; n counts gold items with a judgment.

    >>> from labeltrust.counts import block, majority
    >>> b = block([1, 1, 1], [0, 1, 2], [0, 0, 1], n_labelers=3, values=[0, 1], gold=([1], [0]))
    >>> majority_accuracy(majority.count(b)).value
    1.0
    """
    return wilson(np.array([counts.gold_right]), np.array([counts.gold]), "no gold items")[0]


def tied_share(counts: Majority) -> Measured:
    """Return the share of items where several labels share the lead."""
    return wilson(np.array([counts.tied]), np.array([counts.items]), "no items")[0]


def unanimous_share(counts: Majority) -> Measured:
    """Return the share of items with at least two judgments that are all alike."""
    reason = "no item has two judgments"
    return wilson(np.array([counts.unanimous]), np.array([counts.paired]), reason)[0]
