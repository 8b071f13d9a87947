"""Whether what a supplier sends differs from its own past and from what others send meanwhile.

A supplier is a vendor or a source. Of an item that it labeled several times within a window only
the newest label counts, so that labels of a window are independent draws.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeltrust.domain.estimates import Measured, Undefined
from labeltrust.metrics._estimates import Float
from labeltrust.metrics.gold_accuracy import wilson
from labeltrust.metrics.label_windows import label_shift_of_counts
from labeltrust.metrics.share_change import share_change

Int = NDArray[np.int64]
Bool = NDArray[np.bool_]

DAY_US = 86_400_000_000
LATE_DAYS, PAST_DAYS = 7, 28
LEAST = 20
"""Labels of a window below which its mix is not compared."""
MOST_CLASSES = 32
"""Classes apart; the rarest beyond that are one."""
NO_GOLD = "no gold item of one class was labeled on both sides"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The current labels of a question; all arrays have shape (n,).

    Attributes:
        item: Item ids.
        label: Codes, at least 0.
        gold: Code of the item's gold label, -1 where it has none.
        received_us: When received, microseconds since 1970.
    """

    item: Int
    label: Int
    gold: Int
    received_us: Int


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierDrift:
    """How the last seven days of a supplier stand against the four weeks before, and others.

    Attributes:
        late: Items labeled in the last seven days; `before` in the 28 days before them.
        mix: Total variation between the label mixes of both, in [0, 1]; n counts late items.
        mix_p: Chi-squared test of one mix, for one look; None where there is none.
        mix_beside: The same between its late mix and that of the others meanwhile; another mix of
            items makes another mix of labels, so this alone says little.
        mix_beside_p: Its test.
        accuracy: Share of late labels that gold calls right.
        accuracy_change: Late less before, in points, at an equal mix of gold classes.
        accuracy_beside: Its own less that of the others meanwhile, at an equal mix as well.
    """

    late: int
    before: int
    mix: Measured
    mix_p: float | None
    mix_beside: Measured
    mix_beside_p: float | None
    accuracy: Measured
    accuracy_change: Measured
    accuracy_beside: Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """Rows of the last week and of the four before it, by item and then by time received."""

    late: Int
    past: Int


def weeks_of(labels: Labels, now_us: int) -> Weeks:
    """Sort the rows of both windows once, for all suppliers.

    >>> n = np.arange(3)
    >>> labels = Labels(item=-n, label=n, gold=n, received_us=n * 9 * DAY_US)
    >>> found = weeks_of(labels, 20 * DAY_US)
    >>> found.late.tolist(), found.past.tolist()
    ([2], [1, 0])
    """
    age = now_us - labels.received_us
    late = (age >= 0) & (age < LATE_DAYS * DAY_US)
    past = (age >= LATE_DAYS * DAY_US) & (age < (LATE_DAYS + PAST_DAYS) * DAY_US)
    return Weeks(late=_sorted(labels, late), past=_sorted(labels, past))


def _sorted(labels: Labels, kept: Bool) -> Int:
    rows = np.flatnonzero(kept)
    return rows[np.lexsort((labels.received_us[rows], labels.item[rows]))]


def supplier_drift(labels: Labels, weeks: Weeks, mine: Bool, others: Bool) -> SupplierDrift:
    """Compare a supplier's last week with its own past, and with others.

    Args:
        labels: Everybody's.
        weeks: Their rows, see `weeks_of`.
        mine: (n,) those of the supplier.
        others: (n,) those that it is compared with: trusted, and not its own.

    >>> n = np.arange(40)
    >>> old = Labels(item=n, label=n % 2, gold=n % 2, received_us=n * 0)
    >>> found = supplier_drift(old, weeks_of(old, 10 * DAY_US), n >= 0, n < 0)
    >>> found.before, found.mix.reason
    (40, 'fewer than 20 items were labeled in the last 7 days')
    """
    own, own_past = newest(labels, weeks.late, mine), newest(labels, weeks.past, mine)
    beside = newest(labels, weeks.late, others)
    n_classes = int(labels.label.max(initial=0)) + 1
    mixes = [_mix(labels.label[rows], n_classes) for rows in (own, own_past, beside)]
    short = (
        f"fewer than {LEAST} items were labeled in the last {LATE_DAYS} days",
        f"fewer than {LEAST} items were labeled in the {PAST_DAYS} days before",
        f"others labeled fewer than {LEAST} items in the last {LATE_DAYS} days",
    )
    mix, mix_p = _shift(mixes[1], mixes[0], (short[1], short[0]))
    mix_beside, mix_beside_p = _shift(mixes[2], mixes[0], (short[2], short[0]))
    right = [_right(labels, rows, n_classes) for rows in (own, own_past, beside)]
    hits, trials = (np.array([int(part.sum())]) for part in right[0])
    return SupplierDrift(
        late=own.size,
        before=own_past.size,
        mix=mix,
        mix_p=mix_p,
        mix_beside=mix_beside,
        mix_beside_p=mix_beside_p,
        accuracy=wilson(hits, trials, f"no gold item in the last {LATE_DAYS} days")[0],
        accuracy_change=_change(right[1], right[0]),
        accuracy_beside=_change(right[2], right[0]),
    )


def newest(labels: Labels, rows: Int, kept: Bool) -> Int:
    """Return the rows of the newest label of each item among some of a window.

    >>> twice = Labels(item=np.array([3, 3]), label=np.array([0, 1]), gold=np.array([-1, -1]),
    ...                received_us=np.array([2, 1]))
    >>> newest(twice, weeks_of(twice, 3).late, np.array([True, True])).tolist()
    [0]
    """
    order = rows[kept[rows]]
    item = labels.item[order]
    found: Int = order[np.append(item[1:] != item[:-1], [True])[: item.size]]
    return found


def _mix(label: Int, n_classes: int) -> Float:
    return np.bincount(label, minlength=n_classes).astype(np.float64)


def _shift(before: Float, after: Float, short: tuple[str, str]) -> tuple[Measured, float | None]:
    for counts, reason in zip((after, before), short[::-1], strict=True):
        if counts.sum() < LEAST:
            return Undefined(reason=reason), None
    found = label_shift_of_counts(*(one[None] for one in _pooled(before, after)))
    p_value = float(found.p_value[0])
    return found.size[0], None if np.isnan(p_value) else p_value


def _pooled(before: Float, after: Float) -> tuple[Float, Float]:
    """Return both with the classes beyond the commonest as one."""
    if before.size <= MOST_CLASSES:
        return before, after
    common = np.argsort(-(before + after), kind="stable")[: MOST_CLASSES - 1]
    return tuple(  # type: ignore[return-value] # two arrays
        np.append(one[common], one.sum() - one[common].sum()) for one in (before, after)
    )


def _right(labels: Labels, rows: Int, n_classes: int) -> tuple[Int, Int]:
    """Return right labels and all of them by gold class."""
    gold = labels.gold[rows]
    known = gold >= 0
    rows, gold = rows[known], gold[known]
    n_classes = max(n_classes, int(labels.gold.max(initial=0)) + 1)
    hits = np.bincount(gold[labels.label[rows] == gold], minlength=n_classes)
    return hits, np.bincount(gold, minlength=n_classes)


def _change(before: tuple[Int, Int], after: tuple[Int, Int]) -> Measured:
    found = share_change(before, after)
    return Undefined(reason=NO_GOLD) if isinstance(found, Undefined) else found
