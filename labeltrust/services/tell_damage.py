"""The damage of an incident in sentences, as postmortems tell it."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from labeltrust.domain.estimates import Measured, Undefined
from labeltrust.services.estimate_damage import DamageReport
from labeltrust.services.incident_damage import IncidentDamage, NextStep

COUNTS: Mapping[str, str] = MappingProxyType(
    {
        "wrong_labels": "wrong labels of audited suspects",
        "wrong_items": "items with a wrong training label, suspects in",
        "left_items": "items with a wrong training label, suspects out",
    }
)
SHARES: Mapping[str, str] = MappingProxyType(
    {
        "wrong_rate": "share of their labels that is wrong",
        "usual_rate": "share of others' labels on the same items that is wrong",
        "excess_rate": "what suspects have above others there",
    }
)
MOST_STEPS = 20


def damage_words(found: IncidentDamage) -> list[str]:
    """Return what is known and what is to be done next, one sentence or line each."""
    return list(_lines(found))


def facts_words(report: DamageReport) -> str:
    """Return what is on record of the suspects' labels: facts, and no count of errors."""
    n = len(report.suspects)
    return (
        f"{_n(report.labels, 'label')} of {_n(n, 'suspect')} on {_n(report.items, 'item')} "
        f"{'is' if report.labels == 1 else 'are'} under suspicion. Without them {report.changed:,} "
        f"of these items get another training label, and {report.undecided:,} are left without one."
    )


def measured_words(measured: Measured, *, share: bool = False) -> str:
    """Return a number with interval and n, or why there is none.

    >>> from labeltrust.domain.estimates import Estimate
    >>> measured_words(Estimate(value=212.4, low=180.0, high=240.2, n=60))
    '212 [180, 240] n=60'
    >>> measured_words(Undefined(reason="no audit has a verdict yet"))
    'unknown: no audit has a verdict yet'
    """
    if isinstance(measured, Undefined):
        return f"unknown: {measured.reason}"
    digits = ".2f" if share else ",.0f"
    value, low, high = (f"{one:{digits}}" for one in (measured.value, measured.low, measured.high))
    return f"{value} [{low}, {high}] n={measured.n:,}"


def _lines(found: IncidentDamage) -> Iterator[str]:
    if found.reason:
        yield f"Unknown: {found.reason}."
    for report in found.reports:
        about = f"Question {report.question}: " if len(found.reports) > 1 else ""
        yield f"{about}{facts_words(report)}"
        yield from _estimates(report)
    yield from map(step_words, found.steps[:MOST_STEPS])
    if len(found.steps) > MOST_STEPS:
        yield f"{len(found.steps) - MOST_STEPS} more suspects are not audited."
    if found.sources:
        yield f"What was sent by {', '.join(found.sources)} is not weighed up."


def _estimates(report: DamageReport) -> Iterator[str]:
    for names, is_share in ((COUNTS, False), (SHARES, True)):
        for name, words in names.items():
            told = measured_words(getattr(report.damage, name), share=is_share)
            yield f"{words.capitalize()}: {told}"
    for pair in report.damage.pairs:
        yield f"Labeled {pair.given}, {pair.found} in truth: {measured_words(pair.labels)}"


def step_words(step: NextStep) -> str:
    """Return what is to be done about a suspect of whom no audit tells."""
    todo = "have its items re-labeled" if step.audit is not None else "draw an audit"
    how = f"; next: {todo}" + (f", {step.command}" if step.command else "")
    return f"Of {step.labeler} nothing is known, {step.why}{how}"


def _n(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
