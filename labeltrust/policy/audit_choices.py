"""What other sizes of an audit would give; nothing is read again.

Of a sample by strata out of these alone, of one by the posterior out of the doubt about each item.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from labeltrust.domain.audits import KINDS, AuditPlan, Stratum
from labeltrust.policy.audit_cost import items_twice, planned_margin, planned_size
from labeltrust.policy.audit_sampling import Strata, allocation
from labeltrust.policy.audit_weighting import (
    Float,
    chances,
    expected_margin,
    weighted_margin,
    weighted_size,
)

SPAN = 4
"""A curve goes from a part of the planned size to so many times it."""
POINTS = 40
"""Sizes on a curve: more cannot be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a sample of some size promises.

    Attributes:
        size: Items in it.
        margin: Half width of the interval of the error rate, at worst.
        random: The same of a plain random sample of that size.
        endless: The same as planned, if the items were endless: without the correction for a
            finite population.
        expected: Half width to be expected if the posterior is right; None where items are not
            drawn by it.
    """

    size: int
    margin: float
    random: float
    endless: float
    expected: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a margin costs: items, verdicts, and hours of work."""

    margin: float
    items: int
    reviews: int
    hours: float


def strata_again(parts: Sequence[Stratum]) -> Strata:
    """Return strata as they were before sizes were chosen; no item is known any more."""
    return Strata(
        of_item=np.zeros(0, dtype=np.int64),
        kind=np.array([KINDS.index(part.kind) for part in parts], dtype=np.int64),
        label=tuple(part.label for part in parts),
        population=np.array([part.population for part in parts], dtype=np.int64),
        window=tuple(part.window for part in parts),
        signal=tuple(part.signal for part in parts),
    )


def promises(parts: Sequence[Stratum], plan: AuditPlan, size: int) -> Iterator[Promise]:
    """Yield what sizes from a quarter to four times a size promise, the size among them.

    >>> half = [Stratum(kind="disputed", label=None, population=100, drawn=1)]
    >>> [round(one.margin, 2) for one in promises(half, AuditPlan(), 100)][-1]
    0.0
    """
    strata = strata_again(parts)
    for one in _sizes(size, strata.population.size, int(strata.population.sum())):
        yield promise(strata, plan, one)


def _sizes(size: int, least: int, most: int) -> list[int]:
    spread = np.geomspace(max(size / SPAN, least), min(size * SPAN, most), POINTS).round()
    found: list[int] = np.unique(np.append(spread.astype(int), size)).tolist()
    return found


def weighted_promises(doubt: Float, size: int) -> Iterator[Promise]:
    """Yield what sizes from a quarter to four times a size promise, drawn by the posterior.

    >>> doubt = np.repeat([0.5, 0.01], [100, 900])
    >>> found = {one.size: one for one in weighted_promises(doubt, 60)}[60]
    >>> round(found.margin, 3), round(found.random, 3), round(found.expected, 3)
    (0.155, 0.123, 0.036)
    """
    for one in _sizes(size, 1, doubt.size):
        yield weighted_promise(doubt, one)


def weighted_promise(doubt: Float, size: int) -> Promise:
    """Return what one size promises, drawn by the posterior.

    Args:
        doubt: (n,) posterior probability that each label is wrong, in [0, 1].
        size: Items in the sample.
    """
    chance = chances(doubt, size)
    return Promise(
        size=size,
        margin=weighted_margin(chance),
        random=weighted_margin(chances(np.zeros(doubt.size), size)),
        endless=weighted_margin(chance, endless=True),
        expected=expected_margin(chance, doubt),
    )


def promise(strata: Strata, plan: AuditPlan, size: int) -> Promise:
    """Return what one size promises.

    Raises:
        InvalidInput: The size is smaller than the number of strata.
    """
    drawn = allocation(strata, plan, size)
    plain = allocation(strata, replace(plan, disputed=0.0, unanimous=0.0), size)
    return Promise(
        size=size,
        margin=planned_margin(strata, drawn),
        random=planned_margin(strata, plain),
        endless=planned_margin(strata, drawn, endless=True),
    )


def prices(
    parts: Sequence[Stratum], plan: AuditPlan, margins: Sequence[float], seconds: float
) -> Iterator[Price]:
    """Yield what each of some margins would cost.

    Args:
        parts: The strata.
        plan: All but its size and margin.
        margins: Half widths wanted, each in [0.005, 0.5].
        seconds: Time that one verdict takes.

    Raises:
        InvalidInput: A margin needs more than an audit may hold.

    >>> all_alike = [Stratum(kind="unanimous", label=None, population=1_000, drawn=1)]
    >>> [one.items for one in prices(all_alike, AuditPlan(), [0.1, 0.05], 30.0)]
    [88, 278]
    """
    strata = strata_again(parts)
    for margin in margins:
        items = planned_size(strata, replace(plan, size=None, margin=margin))
        yield _price(plan, margin, items, seconds)


def weighted_prices(
    doubt: Float, plan: AuditPlan, margins: Sequence[float], seconds: float
) -> Iterator[Price]:
    """Yield what each of some margins would cost, drawn by the posterior; as `prices`.

    Raises:
        InvalidInput: A margin needs more than an audit may hold.

    >>> [one.items for one in weighted_prices(np.full(1_000, 0.1), AuditPlan(), [0.1, 0.05], 30.0)]
    [88, 278]
    """
    for margin in margins:
        items = weighted_size(doubt, replace(plan, size=None, margin=margin))
        yield _price(plan, margin, items, seconds)


def _price(plan: AuditPlan, margin: float, items: int, seconds: float) -> Price:
    reviews = items + items_twice(plan, items)
    return Price(margin=margin, items=items, reviews=reviews, hours=reviews * seconds / 3600)
