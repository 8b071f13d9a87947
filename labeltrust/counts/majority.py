"""What the majority of an item says, and how often it is right on gold."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from labeltrust.counts._base import NO_GOLD, Bool, Counter, Float, Int, Judgments, summed
from labeltrust.counts._plurality import leaders
from labeltrust.counts._tally import tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Majority:
    """Sums over items of the plurality vote; every answer is a vote, repeats too.

    Attributes:
        items: Items with at least one judgment.
        tied: Those where several labels share the lead.
        paired: Those with at least two judgments.
        unanimous: Those of the paired whose judgments are all alike.
        gold: Items with gold and at least one judgment.
        gold_tied: Those where several labels share the lead.
        gold_right: Those where the majority is right; a tie of k labels that holds the gold label
            counts 1/k.
        labels: (n_labels,) items by majority label; a tie counts 1/k for each.
    """

    items: int
    tied: int
    paired: int
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
            paired=self.paired + other.paired,
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
    first = leaders(found, votes)
    leads = votes == first.votes[found.run_item]
    share = np.where(leads, 1.0 / np.maximum(first.n, 1)[found.run_item], 0.0)
    gold = judgments.gold[found.run_item]
    has_gold = (judgments.gold != NO_GOLD) & (found.m > 0)
    alike = (found.m > 1) & (first.votes == found.m)
    return Majority(
        items=int(np.count_nonzero(found.m)),
        tied=int(np.count_nonzero(first.n > 1)),
        paired=int(np.count_nonzero(found.m > 1)),
        unanimous=int(np.count_nonzero(alike)),
        gold=int(np.count_nonzero(has_gold)),
        gold_tied=int(np.count_nonzero(has_gold & (first.n > 1))),
        gold_right=float(share[gold == found.run_label].sum()),
        labels=summed(found.run_label, share, judgments.n_labels),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Consensus:
    """The majority label of every item of a block; arrays have shape (n_items,).

    Attributes:
        item_id: Item ids.
        label: Label codes; of those that share the lead the one of least value.
        votes: Share of the item's judgments for that label.
        tied: Whether others share the lead.
    """

    item_id: Int
    label: Int
    votes: Float
    tied: Bool


def consensus(judgments: Judgments) -> Consensus:
    """Return the majority label of every item: not a sum, but what the sums are made of.

    >>> from labeltrust.counts import block
    >>> b = block([7, 7, 7], [0, 1, 2], [1, 0, 1], n_labelers=3, values=[0, 1])
    >>> consensus(b).label.tolist(), consensus(b).votes.round(2).tolist()
    ([1], [0.67])
    """
    found = tally(judgments)
    first = leaders(found, found.run_n.astype(np.float64))
    leads = np.flatnonzero(found.run_n == first.votes[found.run_item])
    item, place = np.unique(found.run_item[leads], return_index=True)
    return Consensus(
        item_id=judgments.item_id[item],
        label=found.run_label[leads[place]],
        votes=first.votes[item] / found.m[item],
        tied=first.n[item] > 1,
    )


COUNTER = Counter(name="majority", counts=Majority, count=count)
