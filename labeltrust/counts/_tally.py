"""How often each label occurs on each item, as compressed runs: never items times labels."""

from dataclasses import dataclass, replace

import numpy as np

from labeltrust.counts._base import Float, Int, Judgments, coded, summed


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The distinct labels of every item, one run each, in (item, value) order.

    Where a labeler answered one item several times, his answers share one vote: `vote` holds each
    answer's part of it, and `weight` sums them. Without repeats votes are 1 and weights are counts.

    Attributes:
        m: (n_items,) judgments of the item.
        voters: (n_items,) distinct labelers of the item.
        run_item: (n_runs,) item code of each run.
        run_label: (n_runs,) label code.
        run_n: (n_runs,) judgments with that label on that item.
        weight: (n_runs,) votes for that label on that item.
        run_of_row: (n,) the run of each judgment of the block.
        vote: (n,) one over the labeler's number of answers to that item.
        unit_of_row: (n,) the (item, labeler) unit of each judgment.
        unit_item: (n_units,) item code of each unit.
        unit_labeler: (n_units,) labeler code of each unit.
        unit_n: (n_units,) answers of that labeler to that item.
    """

    m: Int
    voters: Int
    run_item: Int
    run_label: Int
    run_n: Int
    weight: Float
    run_of_row: Int
    vote: Float
    unit_of_row: Int
    unit_item: Int
    unit_labeler: Int
    unit_n: Int

    @property
    def repeats(self) -> bool:
        """Whether some labeler answered some item more than once."""
        return self.unit_n.size < self.run_of_row.size


def tally(judgments: Judgments) -> Tally:
    """Tally the labels of every item of a block.

    >>> from labeltrust.counts import block
    >>> b = block([5, 5, 5, 9], [0, 1, 2, 0], [1, 0, 1, 1], n_labelers=3, values=[0, 1])
    >>> t = tally(b)
    >>> t.run_item.tolist(), t.run_label.tolist(), t.run_n.tolist(), t.m.tolist()
    ([0, 0, 1], [0, 1, 1], [1, 2, 1], [3, 1])
    """
    if isinstance(judgments.tallied, Tally):
        return judgments.tallied
    by_value = np.argsort(judgments.values, kind="stable")
    rank = np.empty_like(by_value)
    rank[by_value] = np.arange(by_value.size)
    size = max(judgments.n_labels, 1)
    run_key, run_of_row = runs(judgments.item * size + rank[judgments.label])
    unit_key, unit_of_row = runs(judgments.item * judgments.n_labelers + judgments.labeler)
    unit_n = np.bincount(unit_of_row, minlength=unit_key.size)
    vote = 1.0 / unit_n[unit_of_row]
    unit_item, unit_labeler = np.divmod(unit_key, max(judgments.n_labelers, 1))
    return Tally(
        m=np.bincount(judgments.item, minlength=judgments.n_items),
        voters=np.bincount(unit_item, minlength=judgments.n_items),
        run_item=run_key // size,
        run_label=by_value[run_key % size],
        run_n=np.bincount(run_of_row, minlength=run_key.size),
        weight=summed(run_of_row, vote, run_key.size),
        run_of_row=run_of_row,
        vote=vote,
        unit_of_row=unit_of_row,
        unit_item=unit_item,
        unit_labeler=unit_labeler,
        unit_n=unit_n,
    )


def with_tally(judgments: Judgments) -> Judgments:
    """Return the block with its tally, which most counters read: made once, kept with the block.

    >>> from labeltrust.counts import block
    >>> b = with_tally(block([5], [0], [1], n_labelers=1, values=[0, 1]))
    >>> tally(b) is tally(b)
    True
    """
    return replace(judgments, tallied=tally(judgments))


def runs(key: Int) -> tuple[Int, Int]:
    """Return the distinct keys, ascending, and the place of each row's key among them.

    A block arrives sorted, so mostly one comparison of neighbours does it.

    >>> runs(np.array([2, 2, 7, 9, 9]))
    (array([2, 7, 9]), array([0, 0, 1, 2, 2]))
    """
    if key.size and np.all(key[1:] >= key[:-1]):
        first = np.concatenate([[True], key[1:] != key[:-1]])
        return key[first], np.cumsum(first) - 1
    return coded(key)
