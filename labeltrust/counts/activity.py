"""How much each labeler did."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from labeltrust.counts._base import Counter, Int, Judgments
from labeltrust.counts._tally import tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Judgments and items by labeler.

    Attributes:
        labels: (n_labelers,) judgments, a labeler's several answers to one item all of them.
        items: (n_labelers,) distinct items.
    """

    labels: Int
    items: Int

    def __add__(self, other: Self) -> "Activity":
        """Add the counts of another block."""
        return Activity(labels=self.labels + other.labels, items=self.items + other.items)


def count(judgments: Judgments) -> Activity:
    """Count the judgments and the items of every labeler.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 2], [0, 0, 1], [0, 1, 0], n_labelers=3, values=[0, 1])
    >>> count(b).labels.tolist(), count(b).items.tolist()
    ([2, 1, 0], [1, 1, 0])
    """
    size = judgments.n_labelers
    return Activity(
        labels=np.bincount(judgments.labeler, minlength=size),
        items=np.bincount(tally(judgments).unit_labeler, minlength=size),
    )


COUNTER = Counter(name="activity", counts=Activity, count=count)
