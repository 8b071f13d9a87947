"""Cases into flags: opened, renewed, or left to the verdict that a person already gave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from labeltrust.domain.flags import FlagState, says_more

Action = Literal["open", "renew", "weaken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagFinding:
    """What an assessment says of a flag.

    Attributes:
        action: `open` a new flag; `renew` an open one with newer evidence; `weaken` an open one
            that this assessment does not support any more: it stays open until a person decides,
            but is no longer strong.
        state: The flag as it would stand; `id` is 0 where it is opened.
        labeler: Code of the labeler.
    """

    action: Action
    state: FlagState
    labeler: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One case, reduced to what a flag keeps.

    Attributes:
        labeler: Code.
        labeler_id: Opaque id.
        severity: One of the severities of a flag.
        signals: Sorted names.
        contested: Whether it is a dispute.
        since: Estimated onset, or None.
        evidence: Plain JSON values.
    """

    labeler: int
    labeler_id: int
    severity: str
    signals: tuple[str, ...]
    contested: bool
    since: datetime | None
    evidence: Mapping[str, object]


def flag_findings(
    found: Sequence[Found],
    history: Sequence[FlagState],
    code_of: Mapping[int, int],
    now: datetime,
) -> tuple[FlagFinding, ...]:
    """Merge the cases of an assessment with the flags on record.

    An open flag is renewed; a confirmed one stands; a dismissed one is answered, unless the case
    says more than it did. Open flags without a case are weakened.

    Args:
        found: The cases, strongest first.
        history: Every flag of the project.
        code_of: Labeler code by opaque id.
        now: The present moment.
    """
    by_labeler: dict[int, list[FlagState]] = {}
    for flag in history:
        by_labeler.setdefault(flag.labeler_id, []).append(flag)
    findings = [_finding(case, by_labeler.get(case.labeler_id, []), now) for case in found]
    with_case = {case.labeler_id for case in found}
    findings += [
        _weakened(flag, code_of[flag.labeler_id], now)
        for flag in history
        if flag.status == "open"
        and flag.labeler_id not in with_case
        and flag.labeler_id in code_of
        and flag.evidence.get("supported") is not False
    ]
    return tuple(f for f in findings if f is not None)


def _finding(case: Found, flags: Sequence[FlagState], now: datetime) -> FlagFinding | None:
    standing = [flag for flag in flags if flag.status == "open"]
    if standing:
        flag = standing[-1]
        state = _state(case, now, number=flag.id, opened_at=flag.opened_at)
        return FlagFinding(action="renew", state=state, labeler=case.labeler)
    if any(flag.status == "confirmed" for flag in flags):
        return None
    dismissed = [flag for flag in flags if flag.status == "dismissed"]
    if any(not says_more(case.signals, case.severity, flag) for flag in dismissed):
        return None
    state = _state(case, now, number=0, opened_at=now)
    return FlagFinding(action="open", state=state, labeler=case.labeler)


def _state(case: Found, now: datetime, *, number: int, opened_at: datetime) -> FlagState:
    return FlagState(
        id=number,
        labeler_id=case.labeler_id,
        status="open",
        severity=case.severity,
        signals=case.signals,
        contested=case.contested,
        since=case.since,
        opened_at=opened_at,
        updated_at=now,
        evidence=case.evidence,
    )


def _weakened(flag: FlagState, labeler: int, now: datetime) -> FlagFinding:
    state = FlagState(
        id=flag.id,
        labeler_id=flag.labeler_id,
        status=flag.status,
        severity=flag.severity,
        signals=flag.signals,
        contested=flag.contested,
        since=flag.since,
        opened_at=flag.opened_at,
        updated_at=now,
        evidence={**flag.evidence, "strong": False, "supported": False},
    )
    return FlagFinding(action="weaken", state=state, labeler=labeler)
