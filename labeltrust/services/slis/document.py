"""Service level indicators as plain values, for HTTP, commands and files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from labeltrust.domain.estimates import Measured
from labeltrust.domain.measures import DAY, HOUR, MINUTE, Measure
from labeltrust.domain.principals import Principal
from labeltrust.policy.burn import Burning
from labeltrust.services.deployment import Deployment
from labeltrust.services.slis.read import Sli, read_slis


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnEntry:
    """How one rule stands: the budget burns so many times faster than allowed.

    Attributes:
        severity: `page` or `ticket`.
        threshold: It fires where both windows burn faster than this.
        windows: Their lengths: the long one, then the short one.
        long: Burn over the long window.
        short: Burn over the short one.
        firing: Whether it fires now.
        reason: Why it never can, where that is so.
    """

    severity: str
    threshold: float
    windows: tuple[str, str]
    long: Measured
    short: Measured
    firing: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SliEntry:
    """One indicator of a project, of a source of it, or of a labeler.

    Attributes:
        id: Of the measure: `M4`.
        name: Stable word of it.
        title: For people.
        unit: What is counted.
        bad: Which of them are bad.
        source: Whose it is: a source's, or null.
        labeler: A labeler's, or null; with neither, the project's.
        span: The value is over so long.
        value: Share of bad units, or the measure itself where it is another number.
        bad_n: Bad units over the span.
        objective: Share that is to be good; null where it is not known yet.
        zero_budget: Whether nothing at all may be bad.
        budget_left: Share of thirty days' budget that is left; below 0 where more was spent.
        burn: How each rule stands.
        firing: `page`, `ticket`, or null.
        beside: Numbers that stand beside the value.
    """

    id: str
    name: str
    title: str
    unit: str
    bad: str
    source: str | None
    labeler: str | None
    span: str
    value: Measured
    bad_n: int
    objective: float | None
    zero_budget: bool
    budget_left: Measured
    burn: tuple[BurnEntry, ...]
    firing: str | None
    beside: Mapping[str, Measured]


@dataclass(frozen=True, slots=True, kw_only=True)
class SliReport:
    """The service level indicators of a project at a moment."""

    project: str
    as_of: datetime
    slis: tuple[SliEntry, ...]


def show_slis(deployment: Deployment, principal: Principal, project: str) -> SliReport:
    """Return every measure of a project with its objective, budget and burn.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    at = deployment.clock()
    found = read_slis(deployment, principal, project)
    return SliReport(project=project, as_of=at, slis=tuple(entry_of(one) for one in found))


def entry_of(one: Sli) -> SliEntry:
    """Return one indicator: what it is, whose, how it stands."""
    measure, judged = one.measure, one.judged
    return SliEntry(
        id=measure.id,
        name=measure.name,
        title=measure.title,
        unit=measure.unit,
        bad=measure.bad,
        source=one.source,
        labeler=one.labeler,
        span=words_of(measure.span_seconds),
        value=judged.value,
        bad_n=judged.bad,
        objective=_objective(measure, judged.objective),
        zero_budget=measure.zero_budget,
        budget_left=judged.budget_left,
        burn=tuple(_burn(rule) for rule in judged.burning),
        firing=judged.firing,
        beside=one.beside,
    )


def _objective(measure: Measure, objective: float | None) -> float | None:
    return 1.0 if measure.zero_budget else objective


def _burn(one: Burning) -> BurnEntry:
    return BurnEntry(
        severity=one.rule.severity,
        threshold=one.rule.burn,
        windows=(words_of(one.rule.long_seconds), words_of(one.rule.short_seconds)),
        long=one.long,
        short=one.short,
        firing=one.firing,
        reason=one.reason,
    )


def words_of(seconds: int) -> str:
    """Return a length of time as it is said.

    >>> words_of(300), words_of(3_600), words_of(604_800)
    ('5m', '1h', '7d')
    """
    if seconds < HOUR:
        return f"{seconds // MINUTE}m"
    return f"{seconds // HOUR}h" if seconds < DAY else f"{seconds // DAY}d"
