"""The thresholds of the policy, each a stated rate or a rule with its reason."""

from dataclasses import dataclass

from labeltrust.policy.gate import POLICY_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySettings:
    """What the policy goes by; `version` changes with every rule.

    Attributes:
        flag_rate: False discovery rate of review flags (Benjamini-Hochberg over labelers and
            signals).
        freeze_rate: Error rate of automatic freezes (e-BH over labelers).
        gold_floor: Least accuracy on gold; None lets the crowd set it.
        class_floor: Least accuracy on gold of each class; None lets the crowd set it.
        trust_floor: Chance-corrected accuracy above which a labeler is worth his labels.
        min_population: Labelers below which nothing freezes without gold.
        most_suspects: Share of active labelers that may be suspected before peers prove nothing.
        min_labels: Labels that make a labeler active.
        min_clusters: Independent accusers that a case without gold must rest on.
        remove_k: Most hostile accusers that a case must survive without.
        breaker_labelers: Labelers that may always be frozen in 24 hours.
        breaker_share: Share of active labelers that may be frozen in 24 hours, if that is more.
        breaker_volume: Share of the daily labels that may be frozen in 24 hours.
        window_days: Length of the windows in which a change of labels is looked for.
    """

    flag_rate: float = 0.05
    freeze_rate: float = 0.001
    gold_floor: float | None = None
    class_floor: float | None = None
    trust_floor: float = 0.2
    min_population: int = 10
    most_suspects: float = 0.25
    min_labels: int = 10
    min_clusters: float = 3.0
    remove_k: int = 3
    breaker_labelers: int = 2
    breaker_share: float = 0.05
    breaker_volume: float = 0.10
    window_days: int = 7

    @property
    def version(self) -> str:
        """The version of the rules."""
        return POLICY_VERSION
