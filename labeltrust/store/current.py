"""Which events stand: the current judgments and gold, from events in any order of arrival.

The order of the events of one judgment is (revision time, else claimed time, else received time;
then event id). A withdrawal is a tombstone in the same order: it ends what stands before it, never
what comes after, whenever it arrived.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from labeltrust.store.slices import Int

Bool = NDArray[np.bool_]
EventIds = Callable[[Int], dict[int, str]]
"""Returns the event ids at some sequences; asked only where times are equal."""


def group_codes(*columns: Int) -> Int:
    """Return (n,) codes in [0, groups) by which rows with equal values in all columns are equal.

    >>> group_codes(np.array([7, 3, 7]), np.array([1, 1, 1])).tolist()
    [1, 0, 1]
    """
    code = np.zeros(columns[0].size, dtype=np.int64)
    for column in columns:
        values, places = np.unique(column, return_inverse=True)
        code = np.unique(code * max(values.size, 1) + places, return_inverse=True)[1]
    return code


def in_order(group: Int, order_us: Int, sequence: Int, event_ids: EventIds) -> Int:
    """Return the (n,) row numbers sorted by group, then time, then event id.

    Args:
        group: (n,) codes; rows of one group are ordered among each other.
        order_us: (n,) microseconds.
        sequence: (n,) places in the chain, by which event ids are asked for.
        event_ids: Called once with the sequences that share group and time with another row.
    """
    rows = np.lexsort((sequence, order_us, group))
    same = (np.diff(group[rows]) == 0) & (np.diff(order_us[rows]) == 0)
    if not same.any():
        return rows
    tied = np.zeros(rows.size, dtype=bool)
    tied[1:] |= same
    tied[:-1] |= same
    rank = np.zeros(rows.size, dtype=np.int64)
    rank[rows[tied]] = _ranks(sequence[rows[tied]], event_ids)
    return np.lexsort((rank, order_us, group))


def _ranks(sequence: Int, event_ids: EventIds) -> Int:
    known = event_ids(sequence)
    # As bytes: both databases and every platform then order ids alike.
    texts = np.array([known[int(s)].encode() for s in sequence], dtype=object)
    return np.unique(texts, return_inverse=True)[1].astype(np.int64)


def last_of_group(group_in_order: Int) -> Bool:
    """Mark the last row of each group, in sorted order.

    >>> last_of_group(np.array([0, 0, 1])).tolist()
    [False, True, True]
    """
    if not group_in_order.size:
        return np.zeros(0, dtype=bool)
    return np.append(np.diff(group_in_order) != 0, [True])


def ended(rows: Int, group: Int, tombstone: Bool) -> Bool:
    """Mark the rows that a later tombstone of their group ends, tombstones included.

    Args:
        rows: (n,) row numbers in order, see `in_order`.
        group: (n,) codes by row number.
        tombstone: (n,) by row number.
    """
    n = rows.size
    place = np.arange(n)
    last = np.full(int(group.max(initial=-1)) + 1, -1)
    marks = tombstone[rows]
    np.maximum.at(last, group[rows][marks], place[marks])
    out = np.zeros(n, dtype=bool)
    out[rows] = place <= last[group[rows]]
    return out
