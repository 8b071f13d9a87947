"""What pages draw of a whole question: labels by day, and how the sizes of each signal lie."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.crowd_rows import CrowdRows, Float
from labeltrust.inference.population_null import fit_null
from labeltrust.metrics.gold_accuracy import wilson
from labeltrust.policy.names import ClassWords
from labeltrust.policy.scorecard import Document, shown
from labeltrust.signals._base import Evidence, Readings, Signal

DAY_US = 86_400_000_000
DAYS = 120
"""Days that labels are counted by; older ones are left to the notebook."""
BINS = 40
_Z95 = 1.959963984540054
_DIGITS = 6


def figures(
    evidence: Evidence,
    readings: Mapping[str, Readings],
    signals: Mapping[str, Signal],
    words: ClassWords,
) -> dict[str, Any]:
    """Return the figures of a question as plain JSON values.

    Keys: `words` (of the classes, by code), `days` (first day, and labels by day and class),
    `gold` (pooled accuracy of everybody), `sizes` (by signal: title, unit, where its bins lie, how
    many labelers are in each, and where 95 % of the honest ones are).
    """
    rows = evidence.crowd.rows
    return {
        "words": list(words.fitted),
        "days": _days(rows),
        "gold": pooled_gold(rows),
        "sizes": {
            name: {
                "title": signals[name].title,
                "unit": signals[name].unit,
                "rests_on": signals[name].rests_on,
                "needs": sorted(signals[name].needs),
                **_sizes(found, evidence),
            }
            for name, found in sorted(readings.items())
        },
    }


def pooled_gold(rows: CrowdRows) -> Document:
    """Return the share of all answers to gold items that are right."""
    gold = rows.gold[rows.item]
    known = gold >= 0
    n = int(known.sum())
    right = int((gold[known] == rows.label[known]).sum())
    return shown(wilson(np.array([float(right)]), np.array([float(n)]), "no gold items")[0])


def _days(rows: CrowdRows) -> dict[str, Any]:
    if not rows.n:
        return {"first": 0, "counts": []}
    day = rows.occurred_us // DAY_US
    first = max(int(day.min()), int(day.max()) - DAYS + 1)
    some = day >= first
    key = (day[some] - first) * rows.n_classes + rows.label[some]
    n_days = int(day.max()) - first + 1
    counts = np.bincount(key, minlength=n_days * rows.n_classes)
    return {"first": first, "counts": counts.reshape(n_days, rows.n_classes).tolist()}


def _sizes(found: Readings, evidence: Evidence) -> dict[str, Any]:
    known = found.effect[np.isfinite(found.effect)]
    if not known.size:
        return {"n": 0, "edges": [], "counts": []}
    low, high = np.quantile(known, (0.005, 0.995))
    edges = np.linspace(low, max(float(high), float(low) + 1e-9), BINS + 1)
    counts = np.histogram(known.clip(edges[0], edges[-1]), edges)[0]
    return {
        "n": int(known.size),
        "edges": [_number(edge) for edge in edges],
        "counts": counts.tolist(),
        "honest": _honest(found, evidence),
    }


def _honest(found: Readings, evidence: Evidence) -> list[float] | None:
    """Return where 95 % of the honest population lie, None where there is no population."""
    error: Float = np.maximum(found.high - found.low, 1e-9) / (2 * _Z95)
    null = fit_null(found.effect, error, evidence.reference)
    if isinstance(null, Undefined):
        return None
    return [_number(null.mean - _Z95 * null.spread), _number(null.mean + _Z95 * null.spread)]


def _number(value: float) -> float:
    return round(float(value), _DIGITS)
