"""What each fact does to an alert: which it opens, raises or ends, and how loud it is."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from labeltrust.domain.alerts import CODES, Cause, Loudness, Step
from labeltrust.domain.flags import SEVERITIES


def _flag(cause: Cause) -> Step:
    detail, number = cause.detail, cause.detail.get("flag")
    severity = str(detail.get("severity", ""))
    loud: Loudness = "page" if severity == "high" and detail.get("strong") else "ticket"
    effect = _FLAG_EFFECTS[cause.type]
    return Step(
        code="flag_opened",
        effect=effect,
        subject=f"flag:{number}",
        place=f"project:{cause.project_id}",
        loudness=loud,
        rank=_rank(severity, strong=detail.get("strong") is True),
        word={"open": "flag.opened", "raise": "flag.raised"}.get(effect, "flag.closed"),
        facts=_some(detail, "flag", "severity", "signals", "contested", "strong", "after"),
    )


def _rank(severity: str, *, strong: bool) -> int:
    return 1 + 2 * SEVERITIES.index(severity) + strong if severity in SEVERITIES else 0


_FLAG_EFFECTS: Mapping[str, Any] = MappingProxyType(
    {"flag.opened": "open", "flag.reopened": "open", "flag.updated": "raise"}
    | {"flag.confirmed": "end", "flag.dismissed": "end"}
)


def _freeze(cause: Cause) -> Step:
    held = cause.detail.get("kind") == "provisional"
    code = CODES["breaker_tripped" if held else "freeze_made"]
    placed = cause.type == "freeze.placed"
    return Step(
        code=code.name,
        effect="open" if placed else "end",
        subject=f"freeze:{cause.detail.get('freeze')}",
        place=f"project:{cause.project_id}",
        loudness="page" if held else "ticket",
        word=code.opened if placed else code.ended,
        facts=_some(cause.detail, "freeze", "kind", "flag", "automatic"),
    )


def _gate(cause: Cause) -> Step:
    closed = cause.type == "gate.closed"
    return Step(
        code="gate_closed",
        effect="open" if closed else "end",
        subject=f"gate:{cause.project_id}",
        place=f"project:{cause.project_id}",
        loudness="page",
        word=cause.type,
        facts=_some(cause.detail, "reasons"),
    )


def _snapshot(cause: Cause) -> Step:
    return Step(
        code="snapshot_made",
        effect="news",
        subject=f"snapshot:{cause.detail.get('snapshot')}",
        place=f"project:{cause.project_id}",
        loudness="news",
        word="snapshot.made",
        facts=_some(cause.detail, "snapshot", "rows", "sha256", "parent"),
    )


def _probation(cause: Cause) -> Step | None:
    before, after = (_status(cause.detail.get(key)) for key in ("before", "after"))
    after = after or _status(cause.detail.get("source"))
    if before == after or (not before and after != "probation"):
        return None
    return _of_source(cause, "source_probation", opens=after == "probation", loudness="ticket")


_WATCHED = {
    "source": "source_silent",
    "quarantine": "quarantine_growing",
    "forgery": "forged_deliveries",
}


def _watched(cause: Cause) -> Step:
    loudness: Loudness = "page" if cause.detail.get("loudness") == "page" else "ticket"
    opens = cause.type in {"quarantine.growing", "source.silent", "forgery.begun"}
    return _of_source(cause, _WATCHED[cause.type.partition(".")[0]], opens=opens, loudness=loudness)


def _of_source(cause: Cause, name: str, *, opens: bool, loudness: Loudness) -> Step:
    code = CODES[name]
    return Step(
        code=name,
        effect="open" if opens else "end",
        subject=f"source:{cause.source_id}",
        place=f"source:{cause.source_id}",
        loudness=loudness,
        rank=2 if loudness == "page" else 1,
        word=code.opened if opens else code.ended,
        facts=_some(cause.detail, "expected", "last_at", "unreadable", "events", "forged", "usual"),
    )


def _ledger(cause: Cause) -> Step:
    return Step(
        code="ledger_broken",
        effect="open" if cause.type == "ledger.broken" else "end",
        subject=f"chain:{cause.detail.get('chain')}",
        place=f"chain:{cause.detail.get('chain')}",
        loudness="page",
        word=cause.type,
        facts=_some(cause.detail, "chain", "broken"),
    )


def _platform(cause: Cause) -> Step:
    failed = cause.type == "platform.failed"
    code = CODES["platform_act_failed"]
    return Step(
        code=code.name,
        effect="open" if failed else "end",
        subject=f"act:{cause.detail.get('act')}",
        place=f"source:{cause.source_id}",
        word=code.opened if failed else code.ended,
        facts=_some(cause.detail, "act", "kind", "freeze", "state", "code"),
    )


def _work(cause: Cause) -> Step:
    return Step(
        code="work_parked",
        effect="open" if cause.type == "work.parked" else "end",
        subject=f"work:{cause.detail.get('job')}",
        place=f"work:{cause.detail.get('kind')}",
        loudness="ticket",
        word=cause.type,
        facts=_some(cause.detail, "job", "tries"),
    )


def _checkpoints(cause: Cause) -> Step:
    return Step(
        code="checkpoints_late",
        effect="open" if cause.type == "checkpoints.late" else "end",
        subject="checkpoints:outside",
        place="checkpoints:outside",
        loudness="ticket",
        word=cause.type,
        facts=_some(cause.detail, "late_minutes", "places", "wanted", "troubled"),
    )


def _drift(cause: Cause) -> Step:
    large = cause.detail.get("large") is True
    return Step(
        code="feature_drift",
        effect="raise" if cause.type == "drift.found" else "end",
        subject=f"drift:{cause.project_id}:{cause.detail.get('key')}",
        place=f"project:{cause.project_id}",
        loudness="ticket",
        rank=2 if large else 1,
        word=cause.type,
        facts=_some(cause.detail, "feature", "psi", "look", "n"),
    )


def _model(cause: Cause) -> Step:
    """A model that is worse; each gold item that a canary loses besides is told once."""
    code = CODES["model_regression" if cause.type.startswith("model.") else "shadow_divergence"]
    begins, detail = cause.type == code.opened, cause.detail
    serious = detail.get("role") == "production" and detail.get("drop") is True
    return Step(
        code=code.name,
        effect="raise" if begins else "end",
        subject=f"model:{cause.labeler_id}:{detail.get('question')}",
        place=f"project:{cause.project_id}",
        loudness="page" if serious else "ticket",
        rank=_whole(detail.get("told")),
        word=cause.type,
        facts=_some(detail, "question", "role", "gold", "lost", "gained", "shared", "parted"),
    )


def _whole(number: object) -> int:
    return number if isinstance(number, int) else 0


def _trigger(cause: Cause) -> Step:
    """Read every hit as news of its pattern's alert: the later in the chain, the higher."""
    found = cause.type in {"trigger.hit", "trigger.reopened"}
    return Step(
        code="trigger_hit",
        effect="raise" if found else "end",
        subject=f"pattern:{cause.detail.get('pattern')}",
        place=f"project:{cause.project_id}",
        loudness="page",
        rank=cause.sequence,
        word=cause.type,
        facts=_some(cause.detail, "pattern", "n", "labels", "predictions"),
    )


def _manifest(cause: Cause) -> Step:
    """Read what ends it: a manifest that holds, or a decision about the source."""
    failed = cause.type == "manifest.failed"
    return Step(
        code="manifest_failed",
        effect="raise" if failed else "end",
        subject=f"source:{cause.source_id}",
        place=f"source:{cause.source_id}",
        loudness="page",
        rank=cause.sequence,
        word=cause.type,
        facts=_some(cause.detail, "manifest", "code", "sha256"),
    )


def _objective(cause: Cause) -> Step:
    """Read an objective that burns: of the project, or of the source where it is the source's."""
    loudness: Loudness = "page" if cause.detail.get("loudness") == "page" else "ticket"
    where = ("project", cause.project_id) if cause.project_id else ("source", cause.source_id)
    return Step(
        code="objective_burning",
        effect="open" if cause.type == "objective.burning" else "end",
        subject=str(cause.detail.get("subject")),
        place=f"{where[0]}:{where[1]}",
        loudness=loudness,
        rank=2 if loudness == "page" else 1,
        word=cause.type,
        facts=_some(cause.detail, "measure", "title", "bad", "valid", "burn", "of_source"),
    )


def _status(source: object) -> str:
    return str(source.get("status", "")) if isinstance(source, Mapping) else ""


def _some(detail: Mapping[str, object], *names: str) -> dict[str, object]:
    return {name: detail[name] for name in names if name in detail}


READERS: Mapping[str, Callable[[Cause], Step | None]] = MappingProxyType(
    dict.fromkeys(_FLAG_EFFECTS, _flag)
    | dict.fromkeys(("freeze.placed", "freeze.lifted"), _freeze)
    | dict.fromkeys(("gate.closed", "gate.opened"), _gate)
    | dict.fromkeys(("source.added", "source.changed"), _probation)
    | dict.fromkeys(("source.silent", "source.heard"), _watched)
    | dict.fromkeys(("quarantine.growing", "quarantine.calmed"), _watched)
    | dict.fromkeys(("ledger.broken", "ledger.mended"), _ledger)
    | dict.fromkeys(("platform.failed", "platform.retried", "platform.undo_asked"), _platform)
    | dict.fromkeys(("platform.done", "platform.undone", "platform.called_off"), _platform)
    | dict.fromkeys(("work.parked", "work.resumed"), _work)
    | dict.fromkeys(("checkpoints.late", "checkpoints.taken"), _checkpoints)
    | dict.fromkeys(("forgery.begun", "forgery.over"), _watched)
    | dict.fromkeys(("drift.found", "drift.over"), _drift)
    | dict.fromkeys(("model.regressed", "model.recovered"), _model)
    | dict.fromkeys(("shadow.diverged", "shadow.agreed"), _model)
    | dict.fromkeys(("trigger.hit", "trigger.reopened"), _trigger)
    | dict.fromkeys(("trigger.settled", "pattern.removed"), _trigger)
    | dict.fromkeys(("manifest.failed", "manifest.accepted", "source.vetted"), _manifest)
    | dict.fromkeys(("objective.burning", "objective.calm"), _objective)
    | {"snapshot.created": _snapshot}
)
