"""Kinds of alerts and the facts that open and end them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One kind of alert; its runbook is `docs/runbooks/<name>.md`.

    Attributes:
        name: Stable word, in messages, settings and addresses.
        meaning: What it says, for people.
        one: A single alert in words; `many` is used with a number before it.
        opened: Word of a signed webhook when it opens.
        ended: The same when it ends; empty where it never does.
        hidden_by_mitigation: Whether it waits while a freeze or a contained incident holds its
            subject. What speaks of the record, the gate or the circuit breaker never waits.
    """

    name: str
    meaning: str
    one: str
    many: str
    opened: str
    ended: str = ""
    hidden_by_mitigation: bool = False


_CODES = (
    Code(
        name="flag_opened",
        meaning="a labeler is flagged, or a flag became more severe",
        one="flag waits for a review",
        many="flags wait for a review",
        opened="flag.opened",
        ended="flag.closed",
        hidden_by_mitigation=True,
    ),
    Code(
        name="freeze_made",
        meaning="labels are held out of training sets",
        one="freeze was made",
        many="freezes were made",
        opened="freeze.made",
        ended="freeze.lifted",
    ),
    Code(
        name="breaker_tripped",
        meaning="too much was frozen in a day: holds wait for a second person",
        one="provisional hold waits for a second person",
        many="provisional holds wait for a second person",
        opened="breaker.tripped",
        ended="breaker.settled",
    ),
    Code(
        name="gate_closed",
        meaning="training may not proceed",
        one="gate is closed",
        many="gates are closed",
        opened="gate.closed",
        ended="gate.opened",
    ),
    Code(
        name="source_silent",
        meaning="a source that usually sends sends nothing",
        one="source is silent",
        many="sources are silent",
        opened="source.silent",
        ended="source.heard",
        hidden_by_mitigation=True,
    ),
    Code(
        name="source_probation",
        meaning="the labels of a source do not count until it is vetted",
        one="source is on probation",
        many="sources are on probation",
        opened="source.probation",
        ended="source.trusted",
        hidden_by_mitigation=True,
    ),
    Code(
        name="quarantine_growing",
        meaning="more and more deliveries of a source cannot be read",
        one="quarantine is growing",
        many="quarantines are growing",
        opened="quarantine.growing",
        ended="quarantine.calmed",
        hidden_by_mitigation=True,
    ),
    Code(
        name="forged_deliveries",
        meaning="deliveries in a source's name come without proof of origin",
        one="source has its name used without proof",
        many="sources have their names used without proof",
        opened="forgery.begun",
        ended="forgery.over",
    ),
    Code(
        name="ledger_broken",
        meaning="the tamper-evident history does not verify",
        one="chain of the history is broken",
        many="chains of the history are broken",
        opened="ledger.broken",
        ended="ledger.mended",
    ),
    Code(
        name="checkpoints_late",
        meaning="signed checkpoints of the history did not reach enough places outside in time",
        one="checkpoint is late: too few places outside took it",
        many="checkpoints are late: too few places outside took them",
        opened="checkpoints.late",
        ended="checkpoints.taken",
    ),
    Code(
        name="platform_act_failed",
        meaning="what a freeze asked of a platform could not be done, or not taken back",
        one="act at a platform failed",
        many="acts at platforms failed",
        opened="platform.failed",
        ended="platform.settled",
    ),
    Code(
        name="work_parked",
        meaning="a piece of background work keeps failing",
        one="piece of background work keeps failing",
        many="pieces of background work keep failing",
        opened="work.parked",
        ended="work.resumed",
    ),
    Code(
        name="feature_drift",
        meaning="a feature of incoming items differs from its own past",
        one="feature of incoming items has drifted",
        many="features of incoming items have drifted",
        opened="drift.found",
        ended="drift.over",
    ),
    Code(
        name="model_regression",
        meaning="a version of a model is worse on gold items than the one before it",
        one="model is worse than the version before",
        many="models are worse than the version before",
        opened="model.regressed",
        ended="model.recovered",
        hidden_by_mitigation=True,
    ),
    Code(
        name="shadow_divergence",
        meaning="a shadow and the model in production disagree more than they may",
        one="shadow disagrees with production",
        many="shadows disagree with production",
        opened="shadow.diverged",
        ended="shadow.agreed",
        hidden_by_mitigation=True,
    ),
    Code(
        name="trigger_hit",
        meaning="an item holds a registered trigger pattern",
        one="trigger pattern was found in items",
        many="trigger patterns were found in items",
        opened="trigger.hit",
        ended="trigger.settled",
    ),
    Code(
        name="manifest_failed",
        meaning="a file did not fit its supplier's signed manifest and was refused",
        one="file does not fit its signed manifest",
        many="files do not fit their signed manifests",
        opened="manifest.failed",
        ended="manifest.accepted",
    ),
    Code(
        name="objective_burning",
        meaning="a measure spends its error budget faster than its rules allow",
        one="measure burns its error budget",
        many="measures burn their error budgets",
        opened="objective.burning",
        ended="objective.calm",
    ),
    Code(
        name="snapshot_made",
        meaning="a training set was made",
        one="training set was made",
        many="training sets were made",
        opened="snapshot.made",
    ),
)
CODES: Mapping[str, Code] = MappingProxyType({code.name: code for code in _CODES})

# Facts that the outbox keeps, by their word in the history or of the watch.
CAUSES: frozenset[str] = frozenset(
    {"flag.opened", "flag.updated", "flag.confirmed", "flag.dismissed", "flag.reopened"}
    | {"freeze.placed", "freeze.lifted", "gate.opened", "gate.closed", "snapshot.created"}
    | {"source.added", "source.changed", "source.silent", "source.heard"}
    | {"quarantine.growing", "quarantine.calmed", "ledger.broken", "ledger.mended"}
    | {"platform.failed", "platform.retried", "platform.done", "platform.undone"}
    | {"platform.undo_asked", "platform.called_off"}
    | {"work.parked", "work.resumed", "checkpoints.late", "checkpoints.taken"}
    | {"forgery.begun", "forgery.over"}
    | {"model.regressed", "model.recovered", "shadow.diverged", "shadow.agreed"}
    | {"drift.found", "drift.over", "pattern.removed"}
    | {"manifest.failed", "manifest.accepted", "source.vetted"}
    | {"trigger.hit", "trigger.settled", "trigger.reopened"}
    | {"objective.burning", "objective.calm"}
)
