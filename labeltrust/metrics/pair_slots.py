"""How many labels are unlike the label before them on the same item, slot by slot."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeltrust.metrics._estimates import Int

SLOT_SECONDS = 300
HOUR_SECONDS = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotColumns:
    """Counts by slot and source; columns of one length.

    Attributes:
        at: Seconds since 1970 at which the slot begins.
        source: Row of the source.
        valid: Units that count.
        bad: Bad ones of them.
        deff: How many times wider the variance is than of as many independent units, at least 1:
            units of one item go together (design effect, Kish 1965).
    """

    at: Int
    source: Int
    valid: Int
    bad: Int
    deff: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Judgments in the order in which they were committed; columns of one length.

    Attributes:
        item: Ids of items.
        group: Whose the label is; labelers of one ring share a number, since they prove nothing
            of each other.
        label: Codes of labels.
        source: Rows of the sources.
        at: Seconds since 1970 when they were committed.
    """

    item: Int
    group: Int
    label: Int
    source: Int
    at: Int


def pair_slots(rows: Rows, since: int, lately: int) -> SlotColumns:
    """Pair each label with the one before it on its item, by another labeler; count unlike pairs.

    A label stands in at most two pairs, so that no crowded item outweighs the others, and each
    label in one, so that nobody who comes last is overlooked. A pair is counted when its later
    label came, for the source that brought that.

    Args:
        rows: The judgments.
        since: Pairs completed before are left out; seconds since 1970.
        lately: Slots are of five minutes from here on, of an hour before.

    >>> rows = Rows(item=np.array([1, 1, 2, 1]), group=np.array([0, 1, 0, 2]),
    ...     label=np.array([5, 5, 5, 6]), source=np.zeros(4, int), at=np.array([0, 300, 400, 7300]))
    >>> found = pair_slots(rows, 0, 3600)
    >>> found.at.tolist(), found.valid.tolist(), found.bad.tolist()
    ([0, 7200], [1, 1], [0, 1])
    """
    order = np.argsort(rows.item, kind="stable")
    before, after = order[:-1], order[1:]
    paired = (rows.item[before] == rows.item[after]) & (rows.group[before] != rows.group[after])
    paired &= rows.at[after] >= since
    before, after = before[paired], after[paired]
    unlike = (rows.label[before] != rows.label[after]).astype(np.int64)
    slots = slots_of(rows.at[after], lately)
    at, source, valid, bad = summed(slots, rows.source[after], unlike)
    return SlotColumns(
        at=at, source=source, valid=valid, bad=bad, deff=design_effect(rows.item[after], unlike)
    )


def slots_of(at: Int, lately: int) -> Int:
    """Return where slots begin: of five minutes from a moment on, of an hour before.

    >>> slots_of(np.array([100, 4000]), 3600).tolist()
    [0, 3900]
    """
    length = np.where(at >= lately // HOUR_SECONDS * HOUR_SECONDS, SLOT_SECONDS, HOUR_SECONDS)
    found: Int = at // length * length
    return found


def summed(slots: Int, source: Int, bad: Int) -> tuple[Int, Int, Int, Int]:
    """Return slot, source, number and bad ones of each (slot, source) that there is."""
    both = np.stack([slots, source]) if slots.size else np.zeros((2, 0), dtype=np.int64)
    index, place = np.unique(both, axis=1, return_inverse=True)
    flat = place.reshape(-1)
    valid = np.bincount(flat, minlength=index.shape[1])
    sums = np.bincount(flat, weights=bad, minlength=index.shape[1])
    return index[0], index[1], valid.astype(np.int64), sums.astype(np.int64)


def design_effect(cluster: Int, bad: NDArray[np.int64]) -> float:
    """Return how many times wider the variance of a share is because units go together.

    The ratio estimator's variance over the binomial one (Cochran 1977, section 11.8); at least 1,
    and 1 where nothing varies.

    >>> design_effect(np.array([1, 1, 2, 2]), np.array([1, 1, 0, 0]))
    2.0
    """
    if not bad.size:
        return 1.0
    share = float(bad.mean())
    if share in {0.0, 1.0}:
        return 1.0
    _, place = np.unique(cluster, return_inverse=True)
    left = np.bincount(place, weights=bad - share)
    return max(1.0, float((left**2).sum() / (share * (1.0 - share) * bad.size)))
