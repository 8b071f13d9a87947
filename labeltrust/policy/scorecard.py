"""Numbers into the assessment document: what cannot be computed is null with a reason."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labeltrust.domain.estimates import Estimate, Measured
from labeltrust.policy.numbers import LabelerNumbers, ProjectNumbers

Document = dict[str, Any]
DIGITS = 6
"""Decimals in a document: far below any interval, and equal on every machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalLine:
    """What one signal says of one labeler.

    Attributes:
        signal: Its name.
        estimate: The size of the deviation.
        p_value: NaN where undefined.
        q_value: After Benjamini-Hochberg over labelers and signals; NaN where undefined.
        detail: Plain values.
    """

    signal: str
    estimate: Measured
    p_value: float
    q_value: float
    detail: Mapping[str, object]


def shown(measured: Measured, **more: object) -> Document:
    """Return a measured number as it stands in a document.

    >>> shown(Estimate(value=0.5, low=0.25, high=0.75, n=4), level="nominal")
    {'value': 0.5, 'low': 0.25, 'high': 0.75, 'n': 4, 'level': 'nominal'}
    """
    if not isinstance(measured, Estimate):
        return {"value": None, "reason": measured.reason, **more}
    return {
        "value": _rounded(measured.value),
        "low": _rounded(measured.low),
        "high": _rounded(measured.high),
        "n": measured.n,
        **more,
    }


def probability(value: float) -> float | None:
    """Return a p-value or q-value as it stands in a document: NaN becomes null.

    >>> probability(math.nan) is None, probability(0.0300000004)
    (True, 0.03)
    """
    if not math.isfinite(value):
        return None
    return float(f"{value:.{DIGITS}g}")


def project_part(numbers: ProjectNumbers, level: str) -> Document:
    """Return the project's own numbers.

    The caller puts `project`, `as_of`, sizes and the labelers beside them.
    """
    return {
        "alpha": shown(numbers.alpha, level=level),
        "percent_agreement": shown(numbers.percent_agreement),
        "gwet_ac": shown(numbers.gwet_ac),
        "label_shift": shown(numbers.label_shift, p_value=probability(numbers.label_shift_p)),
    }


def labeler_part(
    numbers: LabelerNumbers, code: int, trust: Document, signals: Sequence[SignalLine]
) -> Document:
    """Return the numbers of one labeler.

    The caller puts `labeler`, `kind`, `frozen` and `flag` beside them.

    Args:
        numbers: Of all labelers.
        code: Which one.
        trust: The trust score as it stands in the document, with its reason.
        signals: What the signals say.
    """
    return {
        "labels": int(numbers.labels[code]),
        "items": int(numbers.items[code]),
        "trust": trust,
        "gold_accuracy": shown(numbers.gold_accuracy[code]),
        "cohen_kappa": shown(numbers.cohen_kappa[code], peers=int(numbers.peers[code])),
        "kappa_to_consensus": shown(numbers.kappa_to_consensus[code]),
        "alpha_without": shown(numbers.alpha_without[code]),
        "alpha_effect": shown(numbers.alpha_effect[code]),
        "label_shift": shown(
            numbers.label_shift[code], p_value=probability(float(numbers.label_shift_p[code]))
        ),
        "signals": [_signal(line) for line in signals],
    }


def _signal(line: SignalLine) -> Document:
    return {
        "signal": line.signal,
        "estimate": shown(line.estimate),
        "p_value": probability(line.p_value),
        "q_value": probability(line.q_value),
        "detail": dict(line.detail),
    }


def _rounded(value: float) -> float:
    return round(float(value), DIGITS)
