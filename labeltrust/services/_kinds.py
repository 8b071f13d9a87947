"""What an appraisal of labels with parts does otherwise: count, read, name and measure them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from labeltrust.counts import Counter, Counts, Judgments
from labeltrust.counts._base import STRUCTURED
from labeltrust.counts.likeness import Alike
from labeltrust.engine.choice import Engine
from labeltrust.inference.medoid import WORDS, alike_or_not
from labeltrust.policy.names import Names
from labeltrust.policy.numbers import LabelerNumbers, ProjectNumbers, numbers
from labeltrust.policy.parts_numbers import parts_numbers
from labeltrust.policy.population import Int
from labeltrust.signals._base import Evidence, Readings, Signal, silent

_BY_LIKENESS = ("exchange", "likeness")
"""Counters that compare labels by their parts; all others see two classes, alike and unlike."""


def classes_of(judgments: Judgments) -> Judgments:
    """Return the block that counting and fitting by class read: itself, if labels have no parts."""
    return alike_or_not(judgments) if judgments.level in STRUCTURED else judgments


def counted(
    judgments: Judgments,
    classes: Judgments,
    counters: Mapping[str, Counter[Counts]],
    engine: Engine,
) -> dict[str, Counts]:
    """Count a block with every counter, each in the view that it can read."""
    found = engine.count(classes, counters)
    if classes is judgments:
        return found
    return found | engine.count(
        judgments, {name: counters[name] for name in _BY_LIKENESS if name in counters}
    )


def named(names: Names, judgments: Judgments) -> Names:
    """Return names with a word for each class that fitting knows."""
    return replace(names, labels=WORDS) if judgments.level in STRUCTURED else names


def read_signal(signal: Signal, evidence: Evidence) -> Readings:
    """Read a signal, or have it say that it cannot read labels of this kind."""
    level = evidence.judgments.level
    if level in signal.levels or level not in STRUCTURED:
        return signal.read(evidence)
    return silent(evidence.judgments.n_labelers, f"it counts classes, and these labels are {level}")


def measured(
    counts: Mapping[str, Counts], judgments: Judgments, labels: Int, items: Int, window_days: int
) -> tuple[ProjectNumbers, LabelerNumbers]:
    """Measure a project and its labelers, see `policy.numbers`."""
    by_parts = judgments.likeness is not None
    level = "nominal" if by_parts else judgments.level
    found = numbers(counts, level, labels=labels, items=items, window_days=window_days)
    if judgments.likeness is None:
        return found
    return parts_numbers(*found, cast("Alike", counts["likeness"]), judgments.likeness.chance)
