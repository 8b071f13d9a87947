"""One label an item out of several judgments: majority, or the median on numeric scales."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeltrust.counts import Judgments
from labeltrust.counts._tally import Tally, tally

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]
NO_CONSENSUS = -1
_NUMERIC = frozenset({"interval", "ratio"})
_DIGITS = 9  # votes are sums of simple fractions; equal ones may differ by rounding only


@dataclass(frozen=True, slots=True, kw_only=True)
class Consensus:
    """Consensus of every item; arrays have shape (n_items,).

    Attributes:
        method: `majority` or `median`.
        label: Label code, `NO_CONSENSUS` where labels share the lead or nothing was said.
        value: Numeric place: that of the label, the median on numeric scales, NaN without one.
        n: Labelers who answered; several answers of one share one vote.
        share: Part of the votes for the consensus in [0, 1]; 0 where nothing was said.
        tied: Several labels share the lead; a median is never tied.
    """

    method: str
    label: Int
    value: Float
    n: Int
    share: Float
    tied: Bool


def consensus(judgments: Judgments) -> Consensus:
    """Return the consensus of every item.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 1, 2, 2], [0, 1, 2, 0, 1], [0, 1, 1, 0, 1], n_labelers=3, values=[0, 1])
    >>> found = consensus(b)
    >>> found.label.tolist(), found.tied.tolist(), found.n.tolist()
    ([1, -1], [False, True], [3, 2])
    """
    found = tally(judgments)
    if judgments.level in _NUMERIC:
        return _median(judgments, found)
    return _majority(judgments, found)


def _majority(judgments: Judgments, found: Tally) -> Consensus:
    weight = np.round(found.weight, _DIGITS)
    most = np.zeros(judgments.n_items)
    np.maximum.at(most, found.run_item, weight)
    leads = weight == most[found.run_item]
    n_leading = np.bincount(found.run_item[leads], minlength=judgments.n_items)
    label = np.full(judgments.n_items, NO_CONSENSUS, dtype=np.int64)
    alone = leads & (n_leading[found.run_item] == 1)
    label[found.run_item[alone]] = found.run_label[alone]
    value = np.full(judgments.n_items, np.nan)
    value[label >= 0] = judgments.values[label[label >= 0]]
    return Consensus(
        method="majority",
        label=label,
        value=value,
        n=found.voters,
        share=most / np.maximum(found.voters, 1),
        tied=n_leading > 1,
    )


def _median(judgments: Judgments, found: Tally) -> Consensus:
    """Return the weighted median: the mean of the two middle values where votes divide evenly."""
    half = found.voters[found.run_item] / 2.0
    votes = np.concatenate([[0.0], np.cumsum(found.weight)])
    first = np.searchsorted(found.run_item, found.run_item)  # runs lie in (item, value) order
    below = np.round(votes[:-1] - votes[first], _DIGITS)
    through = np.round(votes[1:] - votes[first], _DIGITS)
    middle = (below <= half) & (through >= half)
    place = judgments.values[found.run_label]
    size = judgments.n_items
    n_middle = np.bincount(found.run_item[middle], minlength=size)
    total = np.bincount(found.run_item[middle], place[middle], minlength=size)
    value = np.where(n_middle > 0, total / np.maximum(n_middle, 1), np.nan)
    same = place == value[found.run_item]
    label = np.full(size, NO_CONSENSUS, dtype=np.int64)
    label[found.run_item[same]] = found.run_label[same]
    agreeing = np.bincount(found.run_item[same], found.weight[same], minlength=size)
    return Consensus(
        method="median",
        label=label,
        value=value,
        n=found.voters,
        share=agreeing / np.maximum(found.voters, 1),
        tied=np.zeros(size, dtype=np.bool_),
    )
