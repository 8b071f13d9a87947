"""Let a pull withdraw, correct or add more annotations than one may by itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from labeltrust.domain.errors import Conflict, InvalidInput
from labeltrust.services.approvals._base import ApprovalKind, Change, Doing, Lines
from labeltrust.store import tables
from labeltrust.store.jobs import enqueue
from labeltrust.store.source_pulls import allow_pull, pull_row

RECONCILE = "reconcile"
"""The job that reads a platform again, and now takes away what was allowed."""


def _row(doing: Doing, change: Change) -> tables.SourcePull:
    number = change.get("pull")
    if type(number) is not int:
        raise InvalidInput("name a pull by its number", place="pull")
    row = pull_row(doing.act.session, number)
    if row.project_id != doing.act.project_id:
        detail = f"no pull {number} in this project"
        raise InvalidInput(detail, place="pull")
    return row


def _check(doing: Doing, change: Change) -> None:
    row = _row(doing, change)
    if row.held == "[]" or row.allowed_at is not None or row.used_at is not None:
        detail = f"pull {row.id} holds nothing that waits for a person"
        raise Conflict(detail)


def _carry_out(doing: Doing, change: Change) -> None:
    """Allow it; the platform is read again first, and only what is still so is taken away."""
    act, row = doing.act, _row(doing, change)
    allow_pull(act.session, change["pull"], act.at)
    source = act.session.get_one(tables.Source, row.source_id)
    enqueue(act.session, RECONCILE, source.name, act.at)


def _said(_: Session, changes: Sequence[Change]) -> list[Lines]:
    return [
        (
            (f"Source {change['source']}", f"pull {change['pull']} is carried out in full"),
            ("Not on the platform any more", f"{change['vanished']} annotations are withdrawn"),
            ("Said by the record alone", f"{change['unexplained']} annotations are corrected"),
            ("Not on record here", f"{change.get('missing', 0)} annotations are recorded"),
        )
        for change in changes
    ]


def _told(change: Change) -> Mapping[str, Any]:
    return dict(change)


KIND = ApprovalKind(
    title="Withdraw what a platform has no more",
    right="mend",
    check=_check,
    carry_out=_carry_out,
    said=_said,
    told=_told,
)
