"""The measures of an installation as service level indicators: what is bad, and how much may be.

indicator  a measure counted as bad of valid, over a span
objective  the share that is to be good; a measure of zero budget has none: each occurrence counts
budget     what may be bad: 1 less the objective
burn       how many times faster than allowed the budget is spent; 1 spends it in thirty days
rule       how fast over which two windows is told to whom
"""

from dataclasses import dataclass
from typing import Final, Literal

from labeltrust.domain.errors import Misconfigured

MINUTE: Final = 60
HOUR: Final = 3_600
DAY: Final = 86_400
WEEK: Final = 7 * DAY
BUDGET_SECONDS: Final = 30 * DAY
"""Budgets are for thirty days."""
SLOT_MINUTES: Final = 5
"""The shortest window; what happened lately is counted by so many minutes."""

Severity = Literal["ticket", "page"]
Scope = Literal["project", "source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Tell somebody where both windows burn faster than `burn`.

    Attributes:
        severity: Who: `page` wakes people, `ticket` waits for the morning.
        burn: Times faster than allowed, above 0.
        long_seconds: The window that says that it matters.
        short_seconds: The window that says that it still goes on.
    """

    severity: Severity
    burn: float
    long_seconds: int
    short_seconds: int


def rule(severity: Severity, burn: float, long_seconds: int, short_seconds: int) -> Rule:
    """Return a rule, in one line.

    >>> rule("page", 14.4, HOUR, 5 * MINUTE).long_seconds
    3600
    """
    return Rule(
        severity=severity, burn=burn, long_seconds=long_seconds, short_seconds=short_seconds
    )


# Beyer et al. (2018), "The Site Reliability Workbook", table 5-8: 2 %, 5 % and 10 % of the budget.
USUAL_RULES: Final = (
    rule("page", 14.4, HOUR, 5 * MINUTE),
    rule("page", 6.0, 6 * HOUR, 30 * MINUTE),
    rule("ticket", 1.0, 3 * DAY, 6 * HOUR),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measure.

    Attributes:
        id: Stable short name: `M4`.
        name: Stable word, in documents and metrics: `anomalous_input_rate`.
        title: For people.
        unit: What is counted: `events`, `labels`, `pairs`.
        bad: Which of them are bad, in words.
        objective: Share that is to be good, in (0, 1); None for a zero budget, and where the
            objective is each project's own (`own_objective`).
        own_objective: Whether the objective follows from the project's own past.
        rules: When somebody is told; empty for a zero budget, where every occurrence is.
        severity: How loud an occurrence is where the budget is zero.
        least_n: Of fewer than this nothing is said, and nobody is told.
        span_seconds: The value shown is over so long.
        slot_seconds: How finely it is counted: 300, or 3600 where shorter windows say nothing.
        told_by: Code of the alert that tells of it already; empty where `objective_burning` does.
        scope: Whether it belongs to a project, or to a source whatever project it speaks for.
    """

    id: str
    name: str
    title: str
    unit: str
    bad: str
    objective: float | None = None
    own_objective: bool = False
    rules: tuple[Rule, ...] = USUAL_RULES
    severity: Severity = "page"
    least_n: int = 100
    span_seconds: int = WEEK
    slot_seconds: int = 300
    told_by: str = ""
    scope: Scope = "project"

    def __post_init__(self) -> None:
        """Refuse a rule that could never fire: all bad burns at 1 / (1 - objective)."""
        if self.objective is None:
            return
        for one in self.rules:
            require_reachable(self.name, one, self.objective)

    @property
    def zero_budget(self) -> bool:
        """Whether nothing at all may be bad."""
        return self.objective is None and not self.own_objective


def require_reachable(name: str, one: Rule, objective: float) -> None:
    """Refuse a rule that no window could ever exceed.

    Args:
        name: Of the measure.
        one: The rule.
        objective: Share that is to be good.

    Raises:
        Misconfigured: The objective is no share, or all bad would not burn so fast.

    >>> require_reachable("m", rule("page", 14.4, HOUR, 300), 0.95)
    >>> require_reachable("m", rule("page", 14.4, HOUR, 300), 0.9)
    Traceback (most recent call last):
    labeltrust.domain.errors.Misconfigured: m: a burn above 14.4 is out of reach at 0.9: most is 10
    """
    if not 0.0 < objective < 1.0:
        detail = f"{name}: {objective} is no objective between 0 and 1"
        raise Misconfigured(detail)
    if not 0.0 < one.burn < fastest(objective):
        most = f"most is {fastest(objective):.4g}"
        detail = f"{name}: a burn above {one.burn:g} is out of reach at {objective:g}: {most}"
        raise Misconfigured(detail)


def fastest(objective: float) -> float:
    """Return how fast a budget burns where everything is bad.

    >>> round(fastest(0.95), 3)
    20.0
    """
    return 1.0 / (1.0 - objective)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many of a measure's units were valid and bad within one slot.

    Attributes:
        measure: Id of the measure.
        source: Row of the source, or None where none is known.
        labeler: Row of the labeler where the measure is of one, else None.
        hour: Hours since 1970 of the server's own clock, when it was committed.
        minute: Minute at which the slot begins in its hour; 0 where it is counted by the hour.
        valid: Units that count.
        bad: Of these, bad ones.
    """

    measure: str
    source: int | None = None
    labeler: int | None = None
    hour: int
    minute: int = 0
    valid: int
    bad: int
