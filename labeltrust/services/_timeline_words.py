"""What an act of history says, in words for people; names are told, and stay text."""

from collections.abc import Callable, Mapping
from datetime import UTC
from types import MappingProxyType
from typing import Any

from labeltrust.domain.clock import moment
from labeltrust.domain.incident_times import Suspect
from labeltrust.store.project_acts import RecordedAct

Detail = Mapping[str, Any]
_KINDS = MappingProxyType(
    {"gate_override": "to open the gate although it is closed", "mass_lift": "to lift freezes"}
)


def words_of(
    act: RecordedAct, names: Mapping[Suspect, str], asked: RecordedAct | None = None
) -> str:
    """Return what one act says.

    Args:
        act: The act.
        names: Names of the labelers and sources that may be told.
        asked: Of an answer to a request of two persons: the request.
    """
    if act.type.startswith("approval."):
        return _of_approval(act, asked or act)
    if act.type in _WORDS:
        head, *said = _WORDS[act.type](act.detail)
    else:
        head, said = _head(act.detail), _said(act.detail)
    who = _who(act, names)
    head = ", ".join(part for part in (head, who) if part)
    return ": ".join(part for part in (head, "; ".join(filter(None, said))) if part)


def _who(act: RecordedAct, names: Mapping[Suspect, str]) -> str:
    for kind, number in (("labeler", act.labeler_id), ("source", act.source_id)):
        if number is not None and (kind, number) in names:
            return f"{kind} {names[kind, number]}"
    return ""


def _head(detail: Detail) -> str:
    keys = ("flag", "freeze", "task", "step")
    return ", ".join(f"{key} {detail[key]}" for key in keys if detail.get(key))


def _said(detail: Detail) -> list[str]:
    words = ("title", "words", "severity", "note", "reason")
    said = {key: str(detail[key]) for key in words if detail.get(key)}
    return [f"severity {text}" if key == "severity" else text for key, text in said.items()]


def _of_approval(act: RecordedAct, asked: RecordedAct) -> str:
    number, kind = act.detail.get("approval"), asked.detail.get("kind", "")
    change: Detail = asked.detail.get("change", {})
    numbers = ", ".join(map(str, change.get("freezes", ())[:20]))
    about = f" {numbers}" if numbers else f" until {change['until']}" if "until" in change else ""
    head = f"request {number} {_KINDS.get(kind, kind)}{about}"
    reason = act.detail.get("reason")
    return f"{head}: {reason}" if reason else head


def _gate(detail: Detail) -> tuple[str, ...]:
    return "", *(str(reason["detail"]) for reason in detail.get("reasons", ()))


def _overridden(detail: Detail) -> tuple[str, ...]:
    covers = ", ".join(detail.get("covers", {}))
    until = moment(detail["until_us"]).astimezone(UTC)
    asked = f"asked by {detail.get('asked_by')}"
    return f"open until {until:%Y-%m-%d %H:%M} UTC over {covers}, {asked}", *_said(detail)


def _snapshot(detail: Detail) -> tuple[str, ...]:
    return (f"snapshot {detail.get('snapshot')} with {detail.get('rows')} items",)


def _used(detail: Detail) -> tuple[str, ...]:
    before = detail.get("before")
    former = f" in place of snapshot {before}" if before else ""
    return f"snapshot {detail.get('snapshot')}{former}", *_said(detail)


def _model(detail: Detail) -> tuple[str, ...]:
    model = f"{detail.get('model')} {detail.get('version')}"
    return f"{model} on snapshot {detail.get('snapshot')}", *_said(detail)


def _audit(detail: Detail) -> tuple[str, ...]:
    items = len(detail.get("items", ()))
    flag = f"for flag {detail['flag']}" if detail.get("flag") else ""
    sized = f"{items} items" if items else ""
    head = ", ".join(part for part in (f"audit {detail.get('audit')}", flag, sized) if part)
    return head, *_said(detail)


def _finished(detail: Detail) -> tuple[str, ...]:
    head, *said = _audit(detail)
    rate = detail.get("error_rate")
    found = (
        "no error rate"
        if rate is None
        else f"error rate {rate:.2f} [{detail['low']:.2f}, {detail['high']:.2f}]"
    )
    proposal = str(detail.get("proposal", "none")).replace("_", " ")
    result = f"{found} of {detail.get('audited', 0)} re-labeled"
    return head, f"{result}, proposal: {proposal}", *said


def _appeal(detail: Detail) -> tuple[str, ...]:
    head = f"appeal {detail.get('appeal')} against freeze {detail.get('freeze')}"
    return head, str(detail.get("outcome") or ""), *_said(detail)


_WORDS: Mapping[str, Callable[[Detail], tuple[str, ...]]] = MappingProxyType(
    {
        "gate.opened": _gate,
        "gate.closed": _gate,
        "gate.overridden": _overridden,
        "snapshot.created": _snapshot,
        "snapshot.used": _used,
        "model.trained": _model,
        "audit.drawn": _audit,
        "audit.finished": _finished,
        "audit.cancelled": _audit,
        "audit.resumed": _audit,
        "appeal.opened": _appeal,
        "appeal.decided": _appeal,
    }
)
