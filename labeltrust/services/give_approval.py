"""The second person's answer: approve and carry out, or refuse."""

from sqlmodel import Session

from labeltrust.domain.approvals import Approval, require_second, require_waiting, same_person
from labeltrust.domain.approvals import status_at as status_now
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services._acts import Act, begin_act
from labeltrust.services.approvals._base import Doing
from labeltrust.services.approvals._kinds import kind_named
from labeltrust.services.deployment import Deployment
from labeltrust.services.list_approvals import seen_approval, shown
from labeltrust.services.note_gate import note_gate
from labeltrust.services.second_person import identity_of
from labeltrust.store import tables
from labeltrust.store.approvals import approval_row, change_of, number_of
from labeltrust.store.history import append
from labeltrust.store.session import unit_of_work


def approve(deployment: Deployment, principal: Principal, number: int, *, reason: str) -> Approval:
    """Approve a request, and carry it out in the same transaction: both or neither.

    Raises:
        NotAllowed: The role may not do this, or the same person asked.
        NotFound: There is no such request in scope.
        Conflict: It does not wait any more, or what it was asked upon has changed since.
        InvalidInput: The reason is empty.
    """
    principal.require("approve")
    note = checked_note(reason, "reason")
    with unit_of_work(deployment.engine) as session:
        row, act = _taken(deployment, session, principal, number)
        require_second(row.asked_identity, identity_of(principal), f"approval {number}")
        kind, change = kind_named(row.kind), change_of(row)
        _close(act, row, "approved", note)
        reason = f"{row.reason} (approval {number}, asked by {row.asked_by}: {note})"
        doing = Doing(deployment=deployment, act=act, reason=reason[:4_000], asked_by=row.asked_by)
        kind.check(doing, change)
        kind.carry_out(doing, change)
        note_gate(deployment, act)
        return shown(session, row, act.project.name, act.at)


def refuse(deployment: Deployment, principal: Principal, number: int, *, reason: str) -> Approval:
    """Refuse a request; refused by who asked, it is withdrawn. Its undo is to ask again.

    Raises:
        NotAllowed: The role may not do this.
        NotFound: There is no such request in scope.
        Conflict: It does not wait any more.
        InvalidInput: The reason is empty.
    """
    principal.require("approve")
    note = checked_note(reason, "reason")
    with unit_of_work(deployment.engine) as session:
        row, act = _taken(deployment, session, principal, number)
        own = same_person(row.asked_identity, identity_of(principal))
        _close(act, row, "withdrawn" if own else "refused", note)
        return shown(session, row, act.project.name, act.at)


def _taken(
    deployment: Deployment, session: Session, principal: Principal, number: int
) -> tuple[tables.Approval, Act]:
    """Return a request that waits, now that nobody else can decide it, and the act under way."""
    row, project = seen_approval(session, principal, number)
    principal.require(kind_named(row.kind).right, project.name)
    act = begin_act(session, project, principal.name, deployment.clock())
    row, _ = approval_row(session, number)
    require_waiting(number, status_now(row.status, row.expires_at, act.at))
    return row, act


def _close(act: Act, row: tables.Approval, status: str, note: str) -> None:
    row.status, row.decided_by = status, act.actor
    row.decided_at, row.decision_reason = act.at, note
    act.session.add(row)
    act.session.flush()
    append(
        act.session,
        chain=act.chain,
        type=f"approval.{status}",
        actor=act.actor,
        at=act.at,
        detail={"approval": number_of(row), "sha256": row.digest.hex(), "reason": note},
    )
