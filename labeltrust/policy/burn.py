"""How fast an error budget burns, when somebody is told, and what is left of it.

Source: Beyer et al. (2018), "The Site Reliability Workbook", chapter 5; both windows must burn,
and the long one must be sure of it, since of few units one bad one looks like a fire.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from labeltrust.domain.estimates import Estimate, Measured, Undefined
from labeltrust.domain.measures import BUDGET_SECONDS, Measure, Rule, fastest
from labeltrust.metrics.gold_accuracy import wilson

FEWEST_BAD: Final = 5
"""So many must be bad in the long window before anybody is told."""
NO_DATA: Final = "nothing was counted in this window"
NO_BUDGET: Final = "the budget is zero: every occurrence counts"
Int = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Valid and bad units of a window."""

    valid: int
    bad: int


class Windows(Protocol):
    """What can say what a window holds."""

    def over(self, now: int, seconds: int) -> Counted:
        """Return what the last so many seconds hold."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Slots of one indicator.

    Attributes:
        at: Seconds since 1970 at which each slot begins; any order.
        valid: Units that count, of each.
        bad: Bad ones of them.
        slot_seconds: Length of a slot where windows are short.
    """

    at: Int
    valid: Int
    bad: Int
    slot_seconds: int

    def over(self, now: int, seconds: int) -> Counted:
        """Return what the last so many seconds hold: all slots that reach into them.

        >>> hours = np.array([0, 3600]); counts = np.array([10, 20])
        >>> series = Series(at=hours, valid=counts, bad=counts, slot_seconds=3600)
        >>> series.over(7200, 3600).valid, series.over(7200, 3601).valid
        (20, 30)
        """
        inside = (self.at + self.slot_seconds > now - seconds) & (self.at <= now)
        return Counted(valid=int(self.valid[inside].sum()), bad=int(self.bad[inside].sum()))


def bad_share(counted: Counted, least_n: int = 1) -> Measured:
    """Return the share of bad units with Wilson's interval, undefined of too few.

    >>> bad_share(Counted(valid=0, bad=0)).reason
    'nothing was counted in this window'
    >>> bad_share(Counted(valid=7, bad=0), least_n=100).reason
    'only 7 of at least 100'
    """
    if not counted.valid:
        return Undefined(reason=NO_DATA)
    if counted.valid < least_n:
        return Undefined(reason=f"only {counted.valid} of at least {least_n}")
    return wilson(np.array([counted.bad]), np.array([counted.valid]), NO_DATA)[0]


def burn(counted: Counted, objective: float | None) -> Measured:
    """Return how many times faster than allowed a window burns the budget.

    Args:
        counted: What the window holds.
        objective: Share that is to be good, in (0, 1); None where the budget is zero.

    >>> round(burn(Counted(valid=1000, bad=20), 0.99).value, 9)
    2.0
    >>> burn(Counted(valid=0, bad=0), 0.99).reason
    'nothing was counted in this window'
    """
    if objective is None:
        return Undefined(reason=NO_BUDGET)
    share = bad_share(counted)
    if isinstance(share, Undefined):
        return share
    times = fastest(objective)
    return Estimate(
        value=share.value * times, low=share.low * times, high=share.high * times, n=share.n
    )


def fires(rule: Rule, objective: float, long: Counted, short: Counted, least_n: int = 1) -> bool:
    """Say whether a rule tells somebody.

    Args:
        rule: The rule.
        objective: Share that is to be good.
        long: What the long window holds.
        short: The same of the short one.
        least_n: Of fewer valid units nobody is told.

    >>> page = Rule(severity="page", burn=14.4, long_seconds=3600, short_seconds=300)
    >>> fires(page, 0.99, Counted(valid=1000, bad=250), Counted(valid=80, bad=20))
    True
    >>> fires(page, 0.99, Counted(valid=1000, bad=250), Counted(valid=80, bad=0))
    False
    """
    if long.bad < FEWEST_BAD or long.valid < least_n:
        return False
    sure, still = burn(long, objective), burn(short, objective)
    if isinstance(sure, Undefined) or isinstance(still, Undefined):
        return False
    return sure.value > rule.burn and still.value > rule.burn and sure.low > rule.burn


def budget_left(month: Counted, objective: float | None) -> Measured:
    """Return the share of thirty days' budget that is left; below 0 where more was spent.

    >>> round(budget_left(Counted(valid=1000, bad=5), 0.99).value, 9)
    0.5
    """
    spent = burn(month, objective)
    if isinstance(spent, Undefined):
        return spent
    return Estimate(value=1.0 - spent.value, low=1.0 - spent.high, high=1.0 - spent.low, n=spent.n)


@dataclass(frozen=True, slots=True, kw_only=True)
class Burning:
    """How one rule stands.

    Attributes:
        rule: The rule.
        long: Burn over its long window.
        short: The same over its short one.
        firing: Whether it tells somebody now.
        counted: What the two windows hold.
        reason: Why it cannot, where it cannot at all; empty elsewhere.
    """

    rule: Rule
    long: Measured
    short: Measured
    counted: tuple[Counted, Counted]
    firing: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How an indicator stands against its objective.

    Attributes:
        value: Share of bad units over the measure's span.
        objective: Share that is to be good, None where the budget is zero or not known yet.
        budget_left: Share of thirty days' budget that is left.
        burning: Its rules.
        firing: The loudest severity that fires, or None.
        bad: Bad units over the span.
    """

    value: Measured
    objective: float | None
    budget_left: Measured
    burning: tuple[Burning, ...]
    firing: str | None
    bad: int


def judge(measure: Measure, series: Windows, objective: float | None, now: int) -> Judged:
    """Return how an indicator stands at a moment.

    Args:
        measure: What is measured.
        series: Its slots.
        objective: The share that is to be good; None where the budget is zero, or not known yet.
        now: Seconds since 1970.
    """
    span = series.over(now, measure.span_seconds)
    rules = () if objective is None else measure.rules
    burning = tuple(_burning(measure, one, series, objective or 0.0, now) for one in rules)
    return Judged(
        value=bad_share(span, measure.least_n),
        objective=objective,
        budget_left=_left(measure, series, objective, now),
        burning=burning,
        firing=_loudest(measure, burning, span),
        bad=span.bad,
    )


def _burning(measure: Measure, one: Rule, series: Windows, objective: float, now: int) -> Burning:
    long, short = series.over(now, one.long_seconds), series.over(now, one.short_seconds)
    reason = ""
    if one.burn >= fastest(objective):
        reason = f"all bad would burn at {fastest(objective):.3g}, never above {one.burn:g}"
    return Burning(
        rule=one,
        long=burn(long, objective),
        short=burn(short, objective),
        counted=(long, short),
        firing=not reason and fires(one, objective, long, short, measure.least_n),
        reason=reason,
    )


def _left(measure: Measure, series: Windows, objective: float | None, now: int) -> Measured:
    if objective is None and measure.own_objective:
        return Undefined(reason="the project has no baseline yet")
    return budget_left(series.over(now, BUDGET_SECONDS), objective)


def _loudest(measure: Measure, burning: Sequence[Burning], span: Counted) -> str | None:
    if measure.zero_budget:
        return measure.severity if span.bad else None
    loud = {one.rule.severity for one in burning if one.firing}
    return "page" if "page" in loud else "ticket" if loud else None
