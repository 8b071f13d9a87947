"""Requests for acts of two persons, as they are shown."""

from datetime import datetime

from sqlmodel import Session

from labeltrust.domain.approvals import Approval, status_at
from labeltrust.domain.errors import InvalidInput, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services.approvals._base import ApprovalKind
from labeltrust.services.approvals._kinds import kinds
from labeltrust.services.deployment import Deployment
from labeltrust.store import tables
from labeltrust.store.approvals import approval_row, approval_rows, change_of, number_of
from labeltrust.store.session import reading

MOST = 500


def list_approvals(
    deployment: Deployment, principal: Principal, *, waiting: bool = True, limit: int = MOST
) -> list[Approval]:
    """Return the requests in scope, newest first: those that wait, or all of them.

    Raises:
        NotAllowed: The role may not read.
        InvalidInput: The limit is out of range.
    """
    principal.require("read")
    if not 1 <= limit <= MOST:
        detail = f"limit is {limit}, must be between 1 and {MOST}"
        raise InvalidInput(detail, place="limit")
    now = deployment.clock()
    with reading(deployment.engine) as session:
        rows = approval_rows(
            session, principal.projects, waiting_at=now if waiting else None, limit=limit
        )
        return [shown(session, row, project, now) for row, project in rows]


def show_approval(deployment: Deployment, principal: Principal, number: int) -> Approval:
    """Return one request.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is none of that number in scope.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        row, project = seen_approval(session, principal, number)
        return shown(session, row, project.name, deployment.clock())


def seen_approval(
    session: Session, principal: Principal, number: int
) -> tuple[tables.Approval, tables.Project]:
    """Return a request in scope; one out of scope is answered like a missing one.

    Raises:
        NotFound: There is none of that number in scope.
    """
    row, project = approval_row(session, number)
    if not principal.sees(project.name):
        detail = f"no approval {number}"
        raise NotFound(detail)
    return row, project


def shown(session: Session, row: tables.Approval, project: str, now: datetime) -> Approval:
    """Return a stored request as it is shown."""
    kind: ApprovalKind | None = kinds().get(row.kind)
    change = change_of(row)
    return Approval(
        id=number_of(row),
        kind=row.kind,
        title=row.kind.replace("_", " ") if kind is None else kind.title,
        project=project,
        change=change,
        said=() if kind is None else kind.said(session, change),
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        status=status_at(row.status, row.expires_at, now),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decision_reason=row.decision_reason,
    )
