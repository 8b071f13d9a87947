"""The thresholds that a project may set for itself, in words and with their ranges."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from labeltrust.domain.errors import InvalidInput
from labeltrust.policy.settings import PolicySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One threshold of `PolicySettings`.

    Attributes:
        title: In words.
        meaning: What it does, in a sentence.
        low: Least value.
        high: Greatest value.
        whole: Whether it counts something.
        floor: Name of the project's floor that holds it, or empty.
        unset: What it means where no value is set; empty where there always is one.
    """

    title: str
    meaning: str
    low: float
    high: float
    whole: bool = False
    floor: str = ""
    unset: str = ""


_CROWD = "left to what the crowd shows"
THRESHOLDS: Mapping[str, Threshold] = MappingProxyType(
    {
        "flag_rate": Threshold(
            title="False discovery rate of flags",
            meaning="Share of flags that may be false; lower opens fewer.",
            low=0.0001,
            high=0.5,
        ),
        "freeze_rate": Threshold(
            title="Error rate of automatic freezes",
            meaning="Chance that an honest labeler's labels are ever held by the machine.",
            low=0.000001,
            high=0.1,
        ),
        "gold_floor": Threshold(
            title="Least accuracy on gold",
            meaning="Below it a labeler is flagged for missing gold.",
            low=0.0,
            high=1.0,
            floor="gold_accuracy",
            unset=_CROWD,
        ),
        "class_floor": Threshold(
            title="Least accuracy on gold of each class",
            meaning="The same, class by class.",
            low=0.0,
            high=1.0,
            floor="class_accuracy",
            unset=_CROWD,
        ),
        "trust_floor": Threshold(
            title="Trust floor",
            meaning="Accuracy beyond chance above which a labeler's labels are worth having.",
            low=-1.0,
            high=1.0,
            floor="trust",
        ),
        "min_population": Threshold(
            title="Least population",
            meaning="With fewer labelers nothing freezes by itself without gold.",
            low=2,
            high=10_000,
            whole=True,
        ),
        "most_suspects": Threshold(
            title="Most suspects",
            meaning="Share of active labelers beyond which peers prove nothing.",
            low=0.01,
            high=0.5,
        ),
        "min_labels": Threshold(
            title="Labels of an active labeler",
            meaning="With fewer labels a labeler does not count as active.",
            low=1,
            high=100_000,
            whole=True,
        ),
        "min_clusters": Threshold(
            title="Independent accusers",
            meaning="A case without gold rests on so many, or is contested.",
            low=1,
            high=100,
            whole=True,
        ),
        "remove_k": Threshold(
            title="Accusers to do without",
            meaning="A case must survive without so many of its most hostile accusers.",
            low=0,
            high=100,
            whole=True,
        ),
        "breaker_labelers": Threshold(
            title="Circuit breaker: labelers",
            meaning="So many may always be frozen by the machine in 24 hours.",
            low=0,
            high=10_000,
            whole=True,
        ),
        "breaker_share": Threshold(
            title="Circuit breaker: share of labelers",
            meaning="Or this share of the active ones, if that is more.",
            low=0.0,
            high=0.5,
        ),
        "breaker_volume": Threshold(
            title="Circuit breaker: share of labels",
            meaning="Share of the daily labels that the machine may hold in 24 hours.",
            low=0.0,
            high=1.0,
        ),
        "window_days": Threshold(
            title="Window in days",
            meaning="Length of the windows in which a change of labels is looked for.",
            low=1,
            high=366,
            whole=True,
        ),
    }
)
Thresholds = Mapping[str, float | None]


def checked_thresholds(wanted: Thresholds) -> dict[str, float | None]:
    """Return thresholds that can be set, whole ones as whole numbers; None unsets.

    Raises:
        InvalidInput: Names the threshold and its range.

    >>> checked_thresholds({"remove_k": 3.0, "gold_floor": None})
    {'remove_k': 3, 'gold_floor': None}
    """
    return {name: _checked(name, value) for name, value in wanted.items()}


def _checked(name: str, value: float | None) -> float | None:
    about = THRESHOLDS.get(name)
    if about is None:
        detail = f"unknown threshold {name[:80]!r}; known are {', '.join(THRESHOLDS)}"
        raise InvalidInput(detail, place="thresholds", code="unknown_threshold")
    if value is None:
        return None
    fits = type(value) in {int, float} and math.isfinite(value) and about.low <= value <= about.high
    if not fits or (about.whole and value != int(value)):
        kind = "a whole number" if about.whole else "a number"
        detail = f"{name} is {value!r}, must be {kind} from {about.low:g} to {about.high:g}"
        raise InvalidInput(detail, place=name, code="threshold_out_of_range")
    return int(value) if about.whole else float(value)


def thresholds_of(rules: PolicySettings) -> dict[str, float | None]:
    """Return the thresholds in force.

    >>> thresholds_of(PolicySettings())["remove_k"]
    3
    """
    return {name: getattr(rules, name) for name in THRESHOLDS}
