"""Cut a block into blocks of whole items, always the same way."""

import numpy as np

from labeltrust.counts._base import Int, Judgments

N_GROUPS = 64
"""Random groups of items that resampling leaves out in turn (Wolter 2007, chapter 4): enough for a
standard error known to 9 %, few enough to keep the sums of every labeler in each."""
PART_ROWS = 1_000_000
"""Judgments a part holds about: two seconds of counting and some 150 MB. With fewer, adding up the
tables of parts costs more: 4 % of all counting at a million, 20 % at 250,000."""


def bucket(item_id: Int, n: int) -> Int:
    """Return a bucket in [0, n) for each item id, evenly spread and the same in every process.

    The finaliser of splitmix64 (Steele, Lea, Flood 2014), so that neighbouring ids part.

    >>> bucket(np.arange(6), 3).tolist() == bucket(np.arange(6), 3).tolist()
    True
    """
    x = item_id.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Int = ((x ^ (x >> np.uint64(31))) % np.uint64(n)).astype(np.int64)
    return mixed


def groups(judgments: Judgments) -> Int:
    """Return the resampling group of each item: (n_items,) in [0, N_GROUPS)."""
    return bucket(judgments.item_id, N_GROUPS)


def split(judgments: Judgments, n: int) -> list[Judgments]:
    """Split a block into n blocks of whole items by item id; some may be empty.

    Codes and label space stay, so the counts of the parts add up to those of the whole.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 2, 3], [0, 1, 0, 1], [0, 0, 1, 1], n_labelers=2, values=[0, 1])
    >>> sum(part.n for part in split(b, 2))
    4
    """
    if n <= 1:
        return [judgments]
    return [select_items(judgments, items) for items in parted(judgments.item_id, n)]


def parts_for(rows: int) -> int:
    """Return the number of parts for so many judgments, whatever engine counts them.

    >>> parts_for(0), parts_for(2_500_000)
    (1, 3)
    """
    return max(1, -(-rows // PART_ROWS))


def parted(item_id: Int, n: int) -> list[Int]:
    """Return the places of the items of each of n parts, ascending.

    >>> [part.size for part in parted(np.arange(100), 1)]
    [100]
    """
    part = bucket(item_id, max(n, 1))
    ends = np.cumsum(np.bincount(part, minlength=max(n, 1)))
    return np.split(np.argsort(part, kind="stable"), ends[:-1])


def select_items(judgments: Judgments, items: Int) -> Judgments:
    """Return the block of the given items alone.

    Args:
        judgments: Any block.
        items: Item codes of the block, ascending, each once.
    """
    begins = np.searchsorted(judgments.item, items)
    size = np.searchsorted(judgments.item, items, side="right") - begins
    item = np.repeat(np.arange(items.size), size)
    rows = (begins - np.cumsum(size) + size)[item] + np.arange(item.size)
    return Judgments(
        item=item,
        labeler=judgments.labeler[rows],
        label=judgments.label[rows],
        occurred_us=judgments.occurred_us[rows],
        received_us=judgments.received_us[rows],
        duration_seconds=judgments.duration_seconds[rows],
        suggestion=judgments.suggestion[rows],
        gold=judgments.gold[items],
        values=judgments.values,
        item_id=judgments.item_id[items],
        features={name: feature.of(items) for name, feature in judgments.features.items()},
        n_labelers=judgments.n_labelers,
        level=judgments.level,
        tokens=None if judgments.tokens is None else judgments.tokens.at(judgments.item_id[items]),
        likeness=judgments.likeness,
    )
