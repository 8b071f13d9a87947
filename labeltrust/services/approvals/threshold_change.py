"""Change thresholds of the policy: who moves them decides who is flagged."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlmodel import Session

from labeltrust.domain.errors import Conflict, InvalidInput
from labeltrust.policy.thresholds import THRESHOLDS
from labeltrust.services._thresholds import differing, under
from labeltrust.services.approvals._base import ApprovalKind, Change, Doing, Lines
from labeltrust.store.history import append
from labeltrust.store.projects import project_of, set_policy


def _check(doing: Doing, change: Change) -> None:
    """Refuse a change of nothing, and one that was looked at under other thresholds."""
    settings = doing.deployment.settings
    now = project_of(doing.act.session, doing.act.project)
    wanted = change.get("thresholds")
    if not isinstance(wanted, Mapping) or not wanted:
        raise InvalidInput("name at least one threshold", place="thresholds")
    differs = differing(settings, now, under(now, wanted))
    if {name: pair[0] for name, pair in differs.items()} != change.get("before"):
        raise Conflict("the thresholds in force are others by now; look again and ask again")
    if not differs:
        raise Conflict("these thresholds are in force already")


def _carry_out(doing: Doing, change: Change) -> None:
    act = doing.act
    before = project_of(act.session, act.project)
    wanted = under(before, change["thresholds"])
    set_policy(act.project, wanted.policy, wanted.floors)
    act.session.add(act.project)
    act.session.flush()
    after = project_of(act.session, act.project)
    append(
        act.session,
        chain=act.chain,
        type="project.changed",
        actor=act.actor,
        at=act.at,
        detail={
            "before": msgspec.to_builtins(before),
            "after": msgspec.to_builtins(after),
            "reason": doing.reason,
        },
    )


def _said(_: Session, changes: Sequence[Change]) -> list[Lines]:
    return [_lines(change) for change in changes]


def _lines(change: Change) -> Lines:
    return tuple(
        (THRESHOLDS[name].title, f"{_worded(change['before'].get(name))} → {_worded(value)}")
        for name, value in change["thresholds"].items()
        if name in THRESHOLDS
    )


def _worded(value: float | None) -> str:
    return "not set" if value is None else f"{value:g}"


def _told(change: Change) -> dict[str, Any]:
    return dict(change)


KIND = ApprovalKind(
    title="Change thresholds",
    right="configure",
    check=_check,
    carry_out=_carry_out,
    said=_said,
    told=_told,
)
