"""Which alert a fact opens, raises or ends, how loud it is, and when a message is tried again."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from labeltrust.domain.alert_codes import CODES
from labeltrust.domain.alerts import Cause, Loudness, Step
from labeltrust.domain.flags import SEVERITIES

HOLD: Final = timedelta(minutes=5)
"""An alert must have been over for so long before anybody is told that it is."""
FLAPPING: Final = timedelta(hours=4)
"""One that came back within this time must be over for so long; the same is told once in it."""
GIVEN_UP_AFTER: Final = timedelta(hours=24)
FEWEST_TRIES: Final = 10
_FIRST_SECONDS = 2.0
_LONGEST_SECONDS = 1_800.0
# A receiver that asks for more patience than this is asked again anyway.
_MOST_PATIENCE_SECONDS = 21_600.0


def step_of(cause: Cause) -> Step | None:
    """Return what a fact does to an alert, or None where it does nothing.

    >>> from datetime import UTC
    >>> at = datetime(2026, 1, 1, tzinfo=UTC)
    >>> closed = Cause(id=1, type="gate.closed", at=at, detail={}, project_id=2)
    >>> step_of(closed).subject, step_of(closed).loudness
    ('gate:2', 'page')
    """
    read = _READERS.get(cause.type)
    return None if read is None else read(cause)


def hold(closed_before: datetime | None, now: datetime) -> timedelta:
    """Return how long a group must be quiet until its end is told.

    Args:
        closed_before: When the end of the same group was told last, or None.
        now: The present moment.

    >>> hold(None, datetime(2026, 1, 1)).total_seconds()
    300.0
    """
    flaps = closed_before is not None and now - closed_before < FLAPPING
    return FLAPPING if flaps else HOLD


def is_news(told_before: datetime | None, now: datetime) -> bool:
    """Say whether an alert that came back is told: not where it was within four hours."""
    return told_before is None or now - told_before >= FLAPPING


def pause(key: str, failures: int, asked: float | None = None) -> timedelta:
    """Return how long to wait after a failure: doubled each time, spread, as long as asked for.

    The spread is drawn from the key and the number, so that a thousand messages of one receiver do
    not come back in the same second, and a test knows when.

    Args:
        key: Of the message or channel.
        failures: How many there were, from 1.
        asked: Seconds that the receiver asked for (`Retry-After`), or None.

    >>> pause("a", 1) <= timedelta(seconds=2), pause("a", 30) <= timedelta(minutes=30)
    (True, True)
    >>> pause("a", 1, asked=120.0).total_seconds()
    120.0
    """
    longest = min(_FIRST_SECONDS * 2.0 ** min(failures - 1, 20), _LONGEST_SECONDS)
    digest = hashlib.sha256(f"{key}:{failures}".encode()).digest()
    seconds = longest * (0.5 + int.from_bytes(digest[:4]) / 2**33)
    return timedelta(seconds=max(seconds, min(asked or 0.0, _MOST_PATIENCE_SECONDS)))


def is_given_up(tries: int, first: datetime, now: datetime) -> bool:
    """Say whether a message that was not taken is put aside: after a day and ten tries.

    >>> is_given_up(30, datetime(2026, 1, 1), datetime(2026, 1, 2)), is_given_up(
    ...     3, datetime(2026, 1, 1), datetime(2026, 1, 9))
    (True, False)
    """
    return tries >= FEWEST_TRIES and now - first >= GIVEN_UP_AFTER


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


def _status(source: object) -> str:
    return str(source.get("status", "")) if isinstance(source, Mapping) else ""


def _some(detail: Mapping[str, object], *names: str) -> dict[str, object]:
    return {name: detail[name] for name in names if name in detail}


_READERS: Mapping[str, Callable[[Cause], Step | None]] = MappingProxyType(
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
    | {"snapshot.created": _snapshot}
)
