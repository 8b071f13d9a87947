"""What a freeze asks of platforms, and what its end takes back; in the transaction of each."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from labeltrust.domain.freezes import FreezeState
from labeltrust.domain.platform_acts import after_undo, changed, kinds_after
from labeltrust.store.history import About, append
from labeltrust.store.platform_acts import (
    accounts,
    add_act,
    policies_of_project,
    rows_of_freeze,
    steps_of,
)
from labeltrust.store.tables import PlatformAct


def follow_freeze(  # noqa: PLR0913 - one keyword a fact of the act
    session: Session,
    *,
    project_id: int,
    chain: str,
    freeze: FreezeState,
    reason: str,
    actor: str,
    at: datetime,
) -> None:
    """Ask for what the policies of the project's sources say of a freeze of a labeler.

    Nothing where no policy says anything, or the labeler has no account at the source. A freeze of
    a source or of an import asks for nothing.
    """
    if freeze.labeler_id is None:
        return
    for source_id, policy in policies_of_project(session, project_id).items():
        kinds = kinds_after(freeze.kind, policy)
        if not kinds or not accounts(session, source_id, freeze.labeler_id):
            continue
        for kind in kinds:
            row = PlatformAct(
                source_id=source_id,
                project_id=project_id,
                freeze_id=freeze.id,
                labeler_id=freeze.labeler_id,
                kind=kind,
                reason=reason,
                asked_at=at,
                asked_by=actor,
                since=at,
                due_at=at,
            )
            add_act(session, row)
            note_act(session, chain, row, "platform.asked", actor=actor, at=at, more={})


def follow_lift(
    session: Session, *, chain: str, freeze_id: int, reason: str, actor: str, at: datetime
) -> None:
    """Take back what a freeze that ends asked for and what still stands of it."""
    for row in rows_of_freeze(session, freeze_id):
        if row.state in {"waiting", "done", "failed"}:
            take_back(session, chain, row, reason=reason, actor=actor, at=at)


def take_back(
    session: Session, chain: str, row: PlatformAct, *, reason: str, actor: str, at: datetime
) -> None:
    """Have an act taken back; one that changed nothing yet is called off at once.

    Raises:
        Conflict: It does not stand.
    """
    row.state = after_undo(row.state, changed_anything=bool(changed(steps_of(row))))
    row.undo_at, row.undo_by, row.undo_reason = at, actor, reason
    row.since = row.due_at = at
    row.tries, row.trouble = 0, None
    if row.state == "undone":
        row.undone_at = at
    session.add(row)
    session.flush()
    kind = "platform.called_off" if row.state == "undone" else "platform.undo_asked"
    note_act(session, chain, row, kind, actor=actor, at=at, more={"reason": reason})


def note_act(  # noqa: PLR0913 - one parameter a fact of the record
    session: Session,
    chain: str,
    row: PlatformAct,
    type_: str,
    *,
    actor: str,
    at: datetime,
    more: Mapping[str, object],
) -> None:
    """Append what was asked of a platform, or what it answered; ids of ours, counts and words."""
    append(
        session,
        chain=chain,
        type=type_,
        actor=actor,
        at=at,
        detail={"act": row.id, "kind": row.kind, "freeze": row.freeze_id, **more},
        about=About(labeler_alias_id=row.labeler_id, source_id=row.source_id),
    )
