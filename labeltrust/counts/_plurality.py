"""What the others say: the plurality of an item without one of its votes."""

from dataclasses import dataclass

import numpy as np

from labeltrust.counts._base import Bool, Float, Int, summed
from labeltrust.counts._tally import Tally

NO_PLURALITY = -1
_DIGITS = 9
"""Votes are sums of simple fractions; equal ones may differ by rounding only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaders:
    """First and second place of every item; arrays have shape (n_items,).

    Attributes:
        votes: Votes of the leading labels.
        n: How many labels share the lead.
        labels: Sum of the label codes that share the lead: the label itself where n is 1.
    """

    votes: Float
    n: Int
    labels: Int


def leaders(found: Tally, weight: Float, among: Bool | None = None) -> Leaders:
    """Return the leading labels of each item among some of its runs.

    Args:
        found: The tally of the block.
        weight: (n_runs,) votes.
        among: (n_runs,) which runs take part; by default all.
    """
    if among is None:
        among = np.ones(weight.size, dtype=np.bool_)
    n_items = found.m.size
    votes = np.zeros(n_items)
    np.maximum.at(votes, found.run_item[among], weight[among])
    lead = among & (weight == votes[found.run_item])
    item = found.run_item[lead]
    labels = summed(item, found.run_label[lead], n_items).astype(np.int64)
    return Leaders(votes=votes, n=np.bincount(item, minlength=n_items), labels=labels)


def plurality_of_others(found: Tally) -> Int:
    """Return for each run (item, x) the plurality label left when one vote for x is taken away.

    A tie has no plurality: nobody is held against a divided crowd.

    Returns:
        (n_runs,) label codes, `NO_PLURALITY` where the others tie or there are none.
    """
    weight = np.round(found.weight, _DIGITS)
    first = leaders(found, weight)
    leads = weight == first.votes[found.run_item]
    second = leaders(found, weight, ~leads)
    item, x = found.run_item, found.run_label
    alone = leads & (first.n[item] == 1)
    rival_votes = np.where(alone, second.votes[item], first.votes[item])
    rival_n = np.where(alone, second.n[item], first.n[item] - leads)
    rival = np.where(alone, second.labels[item], first.labels[item] - np.where(leads, x, 0))
    left = np.round(weight - 1.0, _DIGITS)
    answer = np.where((rival_n == 1) & (left < rival_votes), rival, NO_PLURALITY)
    return np.where((left > rival_votes) & (left > 0), x, answer)
