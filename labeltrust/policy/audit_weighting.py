"""A sample that goes where errors are likely: chances in proportion to a posterior.

Half of the sample follows the posterior probability that the label is wrong, half goes to all items
alike. So no item has chance 0 or weighs more than twice what it would in a plain random sample,
however wrong the posterior is (a defensive mixture, Hesterberg 1995). Items are put into random
order and drawn systematically with these chances (Hartley, Rao 1962): the size is fixed, and every
item's chance is exactly as stated.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeltrust.domain.audits import MAX_SIZE, AuditPlan
from labeltrust.domain.errors import InvalidInput
from labeltrust.metrics._estimates import Z
from labeltrust.policy.audit_sampling import USUAL_SIZE, Sample, Strata

Int = NDArray[np.int64]
Float = NDArray[np.float64]

ALIKE = 0.5
"""Part of the sample that goes to all items alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What a draw by the posterior goes by: every item that can be drawn.

    Attributes:
        doubt: (n,) posterior probability that each label is wrong.
        stratum: (n,) number of each item's part.
    """

    doubt: Float
    stratum: Int


def chances(doubt: Float, size: int) -> Float:
    """Return the chance of every item to be drawn; they sum to the size, or to all there are.

    Args:
        doubt: (n,) posterior probability that each label is wrong, in [0, 1].
        size: Items to draw.

    >>> chances(np.array([0.9, 0.1, 0.0, 0.0]), 2).round(3).tolist()
    [1.0, 0.412, 0.294, 0.294]
    """
    n = doubt.size
    size = min(size, n)
    total = float(doubt.sum())
    led = doubt / total if total > 0 else np.full(n, 1 / n)
    share: Float = ALIKE / n + (1 - ALIKE) * led
    found: Float = size * share
    sure = np.zeros(n, dtype=np.bool_)
    while (found > 1).any():  # what is sure gives the rest of its chance to the others
        sure |= found >= 1
        rest = float(share[~sure].sum())
        found = np.where(sure, 1.0, share * ((size - int(sure.sum())) / rest if rest else 0.0))
    return found


def weighted_draw(chance: Float, strata: Strata, rng: np.random.Generator) -> Sample:
    """Draw a sample with given chances and put it into random order.

    >>> one = Strata(of_item=np.zeros(4, dtype=int), kind=np.array([0]), label=(None,),
    ...              population=np.array([4]))
    >>> drawn = weighted_draw(np.array([1.0, 0.5, 0.5, 0.0]), one, np.random.default_rng(1))
    >>> drawn.row.size, sorted(drawn.probability.tolist())
    (2, [0.5, 1.0])
    """
    sure, order = np.flatnonzero(chance >= 1), rng.permutation(np.flatnonzero(chance < 1))
    passed = np.cumsum(chance[order])
    points = rng.random() + np.arange(round(float(chance[order].sum())))
    reached = np.minimum(np.searchsorted(passed, points, side="right"), order.size - 1)
    row = rng.permutation(np.concatenate((sure, order[reached])))
    return Sample(row=row, stratum=strata.of_item[row], probability=chance[row])


def weighted_size(doubt: Float, plan: AuditPlan) -> int:
    """Return the size that a plan asks for: its own, what its margin needs, or the usual one.

    Raises:
        InvalidInput: There is nothing to draw from, or the margin needs more than an audit may
            hold.

    >>> weighted_size(np.full(1_000, 0.1), AuditPlan(margin=0.1))
    88
    """
    if not doubt.size:
        raise InvalidInput("there is no labeled item to audit", code="nothing_to_audit")
    if plan.margin is None:
        return min(plan.size or USUAL_SIZE, doubt.size)
    low, high = 1, min(doubt.size, MAX_SIZE)
    if weighted_margin(chances(doubt, high)) > plan.margin:
        detail = f"a margin of {plan.margin} needs more than {MAX_SIZE} items; ask for a wider one"
        raise InvalidInput(detail, place="margin")
    while low < high:
        middle = (low + high) // 2
        if weighted_margin(chances(doubt, middle)) <= plan.margin:
            high = middle
        else:
            low = middle + 1
    return high


def weighted_margin(chance: Float, *, endless: bool = False) -> float:
    """Return the half width that a sample promises if every second label were wrong, at random.

    Args:
        chance: (n,) chance of every item.
        endless: Leave out what drawing without replacement saves, to show it.

    >>> even = np.full(1_000, 0.088)
    >>> round(weighted_margin(even), 3), round(weighted_margin(even, endless=True), 3)
    (0.1, 0.104)
    """
    left = np.ones(chance.size) if endless else 1 - chance
    return float(Z * 0.5 * np.sqrt((left / chance).sum()) / chance.size)


def expected_margin(chance: Float, doubt: Float) -> float:
    """Return the half width that is to be expected if the posterior is right.

    The mean of the variance over what the labels may be (Sarndal, Swensson, Wretman 1992, section
    12.2), for a sample of fixed size.

    >>> doubt = np.repeat([0.5, 0.01], [100, 900])
    >>> even, led = np.full(1_000, 0.06), chances(doubt, 60)
    >>> round(expected_margin(even, doubt), 3), round(expected_margin(led, doubt), 3)
    (0.058, 0.036)
    """
    left = (1 - chance) * chance
    if left.sum() <= 0:
        return 0.0
    centre = (left * doubt / chance).sum() / left.sum()
    spread = doubt / chance**2 - 2 * centre * doubt / chance + centre**2
    return float(Z * np.sqrt((left * spread).sum()) / chance.size)
