"""What the majority of an item says, and how often it is right on gold."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from labeltrust.counts._base import NO_GOLD, Counter, Float, Judgments, summed
from labeltrust.counts._plurality import leaders
from labeltrust.counts._tally import tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Majority:
    """Sums over items of the plurality vote; every answer is a vote, repeats too.

    Attributes:
        items: Items with at least one judgment.
        tied: Those where several labels share the lead.
        unanimous: Those with at least two judgments, all alike.
        gold: Items with gold and at least one judgment.
        gold_tied: Those where several labels share the lead.
        gold_right: Those where the majority is right; a tie of k labels that holds the gold label
            counts 1/k.
        labels: (n_labels,) items by majority label; a tie counts 1/k for each.
    """

    items: int
    tied: int
    unanimous: int
    gold: int
    gold_tied: int
    gold_right: float
    labels: Float

    def __add__(self, other: Self) -> "Majority":
        """Add the counts of another block."""
        return Majority(
            items=self.items + other.items,
            tied=self.tied + other.tied,
            unanimous=self.unanimous + other.unanimous,
            gold=self.gold + other.gold,
            gold_tied=self.gold_tied + other.gold_tied,
            gold_right=self.gold_right + other.gold_right,
            labels=self.labels + other.labels,
        )


def count(judgments: Judgments) -> Majority:
    """Count majorities, ties, and how often they are right on gold items.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 2, 2, 2], [0, 1, 0, 1, 2], [0, 1, 1, 1, 0], n_labelers=3, values=[0, 1],
    ...           gold=([1, 2], [0, 1]))
    >>> found = count(b)
    >>> found.tied, found.gold_right, found.labels.tolist()
    (1, 1.5, [0.5, 1.5])
    """
    found = tally(judgments)
    votes = found.run_n.astype(np.float64)
    first = leaders(found, votes, np.ones(votes.size, dtype=np.bool_))
    leads = votes == first.votes[found.run_item]
    share = np.where(leads, 1.0 / np.maximum(first.n, 1)[found.run_item], 0.0)
    gold = judgments.gold[found.run_item]
    has_gold = (judgments.gold != NO_GOLD) & (found.m > 0)
    alike = (found.m > 1) & (first.votes == found.m)
    return Majority(
        items=int(np.count_nonzero(found.m)),
        tied=int(np.count_nonzero(first.n > 1)),
        unanimous=int(np.count_nonzero(alike)),
        gold=int(np.count_nonzero(has_gold)),
        gold_tied=int(np.count_nonzero(has_gold & (first.n > 1))),
        gold_right=float(share[gold == found.run_label].sum()),
        labels=summed(found.run_label, share, judgments.n_labels),
    )


COUNTER = Counter(name="majority", counts=Majority, count=count)
