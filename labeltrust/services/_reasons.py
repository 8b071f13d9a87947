"""Signals in words: what each accuses of, and how much, with its interval and n."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from labeltrust import signals as signals_folder
from labeltrust.discovery import discover
from labeltrust.domain.cases import FlagCase
from labeltrust.domain.estimates import Estimate, Measured, Undefined
from labeltrust.domain.reviews import Tally
from labeltrust.signals._base import Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One signal that a flag rests on.

    Attributes:
        signal: Its name.
        title: What it accuses of, as a short clause.
        unit: What the estimate counts, in words.
        rests_on: `gold` or `peers`: who says so.
        estimate: How much, with interval and n.
        log_e: Log of the evidence against chance, or None where it has none.
        facts: Counts behind it, plain JSON values.
        record: How the flags of this signal ended in this project so far.
        corroborates: It only says the same; it did not open the flag.
    """

    signal: str
    title: str
    unit: str
    rests_on: str
    estimate: Measured
    log_e: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    record: Tally = field(default_factory=Tally)
    corroborates: bool = False


@cache
def known_signals() -> Mapping[str, Signal]:
    """Return every signal by its name."""
    return discover(signals_folder, "SIGNAL", Signal)


def reasons_of(flag: FlagCase) -> tuple[Reason, ...]:
    """Return what a flag rests on, the strongest evidence first, then what only corroborates."""
    said = _mapping(flag.evidence, "signals")
    own = [_reason(name, said.get(name), flag) for name in flag.signals]
    own.sort(key=lambda reason: -(reason.log_e or 0.0))
    more = _mapping(flag.evidence, "corroborated_by")
    weak = [_reason(name, told, flag, corroborates=True) for name, told in more.items()]
    return (*own, *weak)


def _reason(name: str, said: object, flag: FlagCase, *, corroborates: bool = False) -> Reason:
    signal = known_signals().get(name)
    told = said if isinstance(said, Mapping) else {}
    facts = told.get("detail")
    return Reason(
        signal=name,
        title=name.replace("_", " ") if signal is None else signal.title,
        unit="effect" if signal is None else signal.unit,
        rests_on="peers" if signal is None else signal.rests_on,
        estimate=_estimate(told),
        log_e=told.get("log_e"),
        facts=facts if isinstance(facts, Mapping) else {},
        record=flag.track_record.get(name, Tally()),
        corroborates=corroborates,
    )


def _estimate(said: Mapping[str, Any]) -> Measured:
    value, low, high = (said.get(key) for key in ("effect", "low", "high"))
    if value is None or low is None or high is None:
        return Undefined(reason="not measured by the newest assessment")
    return Estimate(value=value, low=low, high=high, n=int(said.get("n", 0)))


def _mapping(evidence: Mapping[str, object], key: str) -> Mapping[str, Any]:
    found = evidence.get(key)
    return found if isinstance(found, Mapping) else {}
