"""Two versions of a model side by side on the same items: accuracy paired, and how often they part.

Only items that both labeled count, so that neither gains by having been given the easier ones.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from labeltrust.domain.estimates import Estimate, Measured, Undefined
from labeltrust.metrics._estimates import Z
from labeltrust.metrics.gold_accuracy import wilson

Int = NDArray[np.int64]

HOUR_US = 3_600_000_000
NO_GOLD = "no gold item was labeled by both"
NONE_SHARED = "no item was labeled by both"
_SIDES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one labeler says now, or what gold says; all arrays have shape (n,).

    Attributes:
        item: Item ids, ascending, each once.
        label: Codes of labels.
        received_us: When it was received, microseconds since 1970.
    """

    item: Int
    label: Int
    received_us: Int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """How many there were by hour, and how many of them were bad; all of shape (k,).

    Attributes:
        hour: Hours since 1970, ascending: when the last of what is compared was received.
        valid: Items compared.
        bad: Those of them that went wrong.
    """

    hour: Int
    valid: Int
    bad: Int


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFound:
    """What a model and the one before it say of the same items.

    Attributes:
        shared: Items that both labeled; `parted` those with two labels.
        gold: Gold items among them; `right` and `right_before` those each has right.
        lost: Ids of gold items that the one before has right and the new one wrong, ascending.
        gained: How many it is the other way round.
        parting: Shared items by hour, bad where the two part.
        losing: Gold items by hour, bad where they were lost.
        gaining: Gold items by hour, bad where they were gained.
    """

    shared: int
    parted: int
    gold: int
    right: int
    right_before: int
    lost: Int
    gained: int
    parting: Hours
    losing: Hours
    gaining: Hours


def said(item: Int, label: Int, received_us: Int, order_us: Int) -> Said:
    """Return one label an item, the newest where there are several.

    Args:
        item: (n,) ids, in any order.
        label: (n,) codes.
        received_us: (n,) when received.
        order_us: (n,) the time by which they are ordered.

    >>> two = np.array([4, 4])
    >>> said(two, np.array([1, 0]), np.array([5, 6]), np.array([9, 2])).label.tolist()
    [1]
    """
    order = np.lexsort((order_us, item))
    item = item[order]
    last = np.append(item[1:] != item[:-1], [True])[: item.size]
    kept = order[last]
    return Said(item=item[last], label=label[kept], received_us=received_us[kept])


def compared(new: Said, before: Said, gold: Said) -> PairFound:
    """Compare two versions on the items of both.

    >>> def who(*labels):
    ...     n = np.arange(len(labels))
    ...     return Said(item=n, label=np.array(labels), received_us=n)
    >>> found = compared(who(0, 1, 1), who(0, 0, 1), who(0, 0))
    >>> found.shared, found.parted, found.gold, found.lost.tolist(), found.gained
    (3, 1, 2, [1], 0)
    """
    item, at, at_before = np.intersect1d(
        new.item, before.item, assume_unique=True, return_indices=True
    )
    label, label_before = new.label[at], before.label[at_before]
    when = np.maximum(new.received_us[at], before.received_us[at_before])
    parted = label != label_before
    asked, place, at_gold = np.intersect1d(item, gold.item, assume_unique=True, return_indices=True)
    right = label[place] == gold.label[at_gold]
    right_before = label_before[place] == gold.label[at_gold]
    known = np.maximum(when[place], gold.received_us[at_gold])
    lost, gained = right_before & ~right, right & ~right_before
    return PairFound(
        shared=item.size,
        parted=int(parted.sum()),
        gold=asked.size,
        right=int(right.sum()),
        right_before=int(right_before.sum()),
        lost=asked[lost].astype(np.int64),
        gained=int(gained.sum()),
        parting=by_hour(when, parted),
        losing=by_hour(known, lost),
        gaining=by_hour(known, gained),
    )


def by_hour(at_us: Int, bad: NDArray[np.bool_]) -> Hours:
    """Count by the hour of a time.

    >>> by_hour(np.array([1, 2, HOUR_US]), np.array([True, False, True])).bad.tolist()
    [1, 1]
    """
    hour, place = np.unique(at_us // HOUR_US, return_inverse=True)
    valid = np.bincount(place, minlength=hour.size)
    wrong = np.bincount(place[bad], minlength=hour.size)
    return Hours(hour=hour, valid=valid.astype(np.int64), bad=wrong.astype(np.int64))


def accuracy_change(n: int, lost: int, gained: int) -> Measured:
    """Return by how much gold accuracy rises from one version to the next, paired by item.

    The difference is as observed; its interval is the adjusted Wald interval for paired shares:
    Bonett and Price (2012), "Adjusted Wald Confidence Interval for a Difference of Binomial
    Proportions Based on Paired Data", Journal of Educational and Behavioral Statistics 37.

    Args:
        n: Gold items that both labeled.
        lost: Right before and wrong now.
        gained: Wrong before and right now.

    Returns:
        Points in [-1, 1], below 0 where the new version is worse; n counts the gold items.

    >>> found = accuracy_change(100, 5, 1)
    >>> found.value, round(found.low, 3), round(found.high, 3)
    (-0.04, -0.093, 0.015)
    >>> accuracy_change(0, 0, 0).reason
    'no gold item was labeled by both'
    """
    if not n:
        return Undefined(reason=NO_GOLD)
    up, down = (gained + 1) / (n + _SIDES), (lost + 1) / (n + _SIDES)
    half = Z * np.sqrt((up + down - (up - down) ** 2) / (n + _SIDES))
    value = (gained - lost) / n
    low, high = min(up - down - half, value), max(up - down + half, value)
    return Estimate(value=value, low=max(float(low), -1.0), high=min(float(high), 1.0), n=n)


def mcnemar(lost: int, gained: int) -> float:
    """Return the exact p-value that gaining and losing are as likely, both sides looked at.

    McNemar (1947), "Note on the sampling error of the difference between correlated proportions or
    percentages", Psychometrika 12; exact by the binomial distribution over the items that differ.

    >>> mcnemar(5, 1)
    0.21875
    >>> mcnemar(0, 0)
    1.0
    """
    n = lost + gained
    return float(stats.binomtest(lost, n).pvalue) if n else 1.0


def divergence(shared: int, parted: int) -> Measured:
    """Return the share of shared items with two labels, with the Wilson interval.

    >>> divergence(0, 0).reason
    'no item was labeled by both'
    >>> divergence(400, 2).value
    0.005
    """
    return wilson(np.array([parted]), np.array([shared]), NONE_SHARED)[0]
