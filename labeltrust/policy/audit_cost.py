"""What an audit costs, and how sure it makes: told before anything is drawn."""

from dataclasses import dataclass

import numpy as np

from labeltrust.domain.audits import MAX_SIZE, AuditPlan, Stratum
from labeltrust.domain.errors import InvalidInput
from labeltrust.metrics._estimates import Z
from labeltrust.policy.audit_sampling import USUAL_SIZE, Int, Strata, allocation, told

UNKNOWN_SECONDS = 30.0
"""Where no label of the question told how long it took."""
_HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditCost:
    """The price of a plan.

    Attributes:
        items: Items that will be re-labeled.
        twice: Those of them that two reviewers label.
        reviews: Verdicts that are asked for.
        seconds_each: Median time of a label, or a guess.
        seconds_known: Whether that time was measured.
        hours: Working time of all reviewers together.
        margin: The interval of the error rate will be no wider than this to either side, even if
            half of all labels were wrong (95 %, normal approximation).
        strata: What is drawn from which part.
        expected: The half width to be expected if the posterior is right; None: none was asked.
    """

    items: int
    twice: int
    reviews: int
    seconds_each: float
    seconds_known: bool
    hours: float
    margin: float
    strata: tuple[Stratum, ...]
    expected: float | None = None


def planned_margin(strata: Strata, drawn: Int, *, endless: bool = False) -> float:
    """Return the half width that a sample promises if half of all labels were wrong.

    Variance of a stratified sample without replacement (Cochran 1977, theorem 5.3).

    Args:
        strata: The parts of the items.
        drawn: (n_strata,) items drawn of each.
        endless: Leave out the correction for a finite population, to show what it saves.

    >>> one = Strata(of_item=np.zeros(0), kind=np.array([0]), label=(None,),
    ...              population=np.array([1_000_000]))
    >>> round(planned_margin(one, np.array([385])), 3)
    0.05
    """
    population = strata.population.astype(np.float64)
    weight = population / population.sum()
    left = 1.0 if endless else 1 - drawn / population
    each = _HALF * _HALF / np.maximum(drawn, 1) * left
    return float(Z * np.sqrt((weight**2 * each).sum()))


def planned_size(strata: Strata, plan: AuditPlan) -> int:
    """Return the size that a plan asks for: its own, what its margin needs, or the usual one.

    Raises:
        InvalidInput: There is nothing to draw from, or the margin needs more than an audit may
            hold.

    >>> one = Strata(of_item=np.zeros(0), kind=np.array([1]), label=(None,),
    ...              population=np.array([1_000]))
    >>> planned_size(one, AuditPlan(margin=0.1))
    88
    """
    total = int(strata.population.sum())
    if not total:
        raise InvalidInput("there is no labeled item to audit", code="nothing_to_audit")
    if plan.margin is None:
        return min(plan.size or max(USUAL_SIZE, strata.population.size), total)
    low, high = strata.population.size, min(total, MAX_SIZE)
    if planned_margin(strata, allocation(strata, plan, high)) > plan.margin:
        detail = f"a margin of {plan.margin} needs more than {MAX_SIZE} items; ask for a wider one"
        raise InvalidInput(detail, place="margin")
    while low < high:
        middle = (low + high) // 2
        if planned_margin(strata, allocation(strata, plan, middle)) <= plan.margin:
            high = middle
        else:
            low = middle + 1
    return high


def items_twice(plan: AuditPlan, size: int) -> int:
    """Return how many items two reviewers label.

    >>> items_twice(AuditPlan(twice=0.2), 52)
    11
    """
    return min(int(np.ceil(round(plan.twice * size, 9))), size)


def audit_cost(plan: AuditPlan, strata: Strata, drawn: Int, seconds: float) -> AuditCost:
    """Return the price of a plan; seconds are the median of the question, NaN where unknown."""
    size = int(drawn.sum())
    known = bool(np.isfinite(seconds)) and seconds > 0
    each = float(seconds) if known else UNKNOWN_SECONDS
    reviews = size + items_twice(plan, size)
    return AuditCost(
        items=size,
        twice=reviews - size,
        reviews=reviews,
        seconds_each=each,
        seconds_known=known,
        hours=reviews * each / 3600,
        margin=planned_margin(strata, drawn),
        strata=told(strata, drawn),
    )
