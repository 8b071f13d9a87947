"""Error rates of an audit's parts, by the estimate that fits how the sample was drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labeltrust.domain.audits import POSTERIOR, AuditState, SampledItem
from labeltrust.domain.estimates import Measured, Undefined
from labeltrust.metrics.audit_estimates import (
    AuditedStrata,
    always_valid_interval,
    error_rate,
    standard_error,
)
from labeltrust.metrics.weighted_estimates import (
    WeightedAnswers,
    part_error_rate,
    weighted_error_rate,
    weighted_standard_error,
)
from labeltrust.policy.audit_sampling import Int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The error rate of a part of the items."""

    name: str
    population: int
    drawn: int
    audited: int
    wrong: int
    error_rate: Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Strata with their names and what is known of them.

    Attributes:
        audit: As it was drawn.
        counts: Answers by stratum.
        stratum: (n_answered,) stratum of each answered item.
        answers: The answers with their chances where those are the items' own, else None.
    """

    audit: AuditState
    counts: AuditedStrata
    stratum: Int
    answers: WeightedAnswers | None

    def part(self, name: str, chosen: Sequence[bool]) -> Part:
        """Return the error rate of some strata together."""
        kept = np.array(chosen, dtype=np.bool_)
        mine = self.counts.only(kept)
        return Part(
            name=name,
            population=int(mine.population.sum()),
            drawn=sum(s.drawn for s, here in zip(self.audit.strata, chosen, strict=True) if here),
            audited=int(mine.audited.sum()),
            wrong=int(mine.wrong.sum()),
            error_rate=self._rate(mine)
            if self.answers is None or not mine.population.size
            else part_error_rate(self.answers, kept[self.stratum]),
        )

    def whole(self) -> Measured:
        """Return the error rate of all items."""
        if self.answers is None:
            return self._rate(self.counts)
        return weighted_error_rate(self.answers, int(self.counts.population.sum()))

    def standard_error(self) -> float:
        """Return the standard error of the error rate of all items."""
        if self.answers is None:
            return standard_error(self.counts)
        return weighted_standard_error(self.answers, int(self.counts.population.sum()))

    def _rate(self, counts: AuditedStrata) -> Measured:
        """Return an error rate by the interval that fits the way of stopping."""
        if not counts.population.size:
            return Undefined(reason="there are no such items")
        early = self.audit.plan.stops_early
        return error_rate(counts, always_valid_interval(counts) if early else None)


def audit_table(
    audit: AuditState, items: Sequence[SampledItem], right: Sequence[bool], *, drawn: int
) -> Table:
    """Put the answered items of a sample into a table.

    Args:
        audit: As it was drawn.
        items: Those with an answer.
        right: Whether the label of each is right.
        drawn: Items in the sample.
    """
    size = len(audit.strata)
    stratum = np.array([item.stratum for item in items], dtype=np.int64)
    wrong = ~np.array(right, dtype=np.bool_)
    answers = None
    if audit.plan.sampling == POSTERIOR:
        chance = np.array([item.probability for item in items], dtype=np.float64)
        answers = WeightedAnswers(probability=chance, wrong=wrong, drawn=drawn)
    counts = AuditedStrata(
        population=np.array([s.population for s in audit.strata], dtype=np.int64),
        audited=np.bincount(stratum, minlength=size),
        wrong=np.bincount(stratum[wrong], minlength=size),
    )
    return Table(audit=audit, counts=counts, stratum=stratum, answers=answers)
