"""Lift many freezes: what was held returns to training sets all at once."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from labeltrust.domain.cases import FreezeCase
from labeltrust.domain.errors import InvalidInput, NotFound
from labeltrust.domain.freezes import FreezeState, require_change
from labeltrust.services import _acts
from labeltrust.services._cases import freeze_cases
from labeltrust.services.approvals._base import ApprovalKind, Change, Doing, Lines
from labeltrust.store.freezes import get_freeze, get_freezes

MOST = 1_000


def _freezes(doing: Doing, change: Change) -> list[FreezeState]:
    """Return the freezes of a change, each of them standing in this project."""
    states = []
    for number in _numbers(change):
        row = get_freeze(doing.act.session, number)
        if row.project_id != doing.act.project_id:
            detail = f"no freeze {number} in this project"
            raise NotFound(detail)
        require_change(row.state, "lift")
        states.append(row.state)
    return states


def _numbers(change: Change) -> Sequence[int]:
    found = change.get("freezes")
    is_list = isinstance(found, list | tuple) and 0 < len(found) <= MOST
    if not is_list or any(type(n) is not int or n < 1 for n in found or ()):
        detail = f"name 1 to {MOST} freezes by their numbers"
        raise InvalidInput(detail, place="freezes")
    numbers: Sequence[int] = sorted(set(found or ()))
    return numbers


def _check(doing: Doing, change: Change) -> None:
    _freezes(doing, change)


def _carry_out(doing: Doing, change: Change) -> None:
    for freeze in _freezes(doing, change):
        _acts.lift_freeze(doing.act, freeze, doing.reason)


def _said(session: Session, changes: Sequence[Change]) -> list[Lines]:
    numbers = {number for change in changes for number in _numbers(change)}
    cases = {case.id: case for case in freeze_cases(session, get_freezes(session, numbers))}
    return [tuple(_line(cases[number]) for number in _numbers(change)) for change in changes]


def _line(case: FreezeCase) -> tuple[str, str]:
    whose = case.labeler or case.source or f"import {case.import_id}"
    return f"Freeze {case.id}", f"labels of {whose} return"


def _told(change: Change) -> dict[str, Any]:
    return {"freezes": list(_numbers(change))}


KIND = ApprovalKind(
    title="Lift freezes",
    right="freeze",
    check=_check,
    carry_out=_carry_out,
    said=_said,
    told=_told,
)
