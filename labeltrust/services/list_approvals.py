"""Requests for acts of two persons, as they are shown."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from labeltrust.domain.approvals import Approval, status_at
from labeltrust.domain.errors import InvalidInput, NotFound
from labeltrust.domain.listings import Listed, Listing
from labeltrust.domain.principals import Principal
from labeltrust.services.approvals._base import Lines
from labeltrust.services.approvals._kinds import kinds
from labeltrust.services.deployment import Deployment
from labeltrust.store import tables
from labeltrust.store.approvals import (
    approval_row,
    approval_rows,
    change_of,
    find_approvals,
    number_of,
)
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
        return shown_all(session, rows, now)


def search_approvals(
    deployment: Deployment, principal: Principal, wanted: Listing
) -> Listed[Approval]:
    """Return the requests in scope as a table asks for them.

    Args:
        deployment: The installation.
        principal: Who reads.
        wanted: Filters `show` (one of `STATUSES`, or `all`) and `project`; sorted by `id`,
            `project`, `kind`, `asked_by`, `asked_at` or `expires_at`.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    now = deployment.clock()
    with reading(deployment.engine) as session:
        found = find_approvals(session, principal.projects, wanted, now)
        return found.of(shown_all(session, found.rows, now))


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
    return shown_all(session, [(row, project)], now)[0]


def shown_all(
    session: Session, rows: Sequence[tuple[tables.Approval, str]], now: datetime
) -> list[Approval]:
    """Return stored requests as they are shown, by as many queries however many there are."""
    said = _said(session, [row for row, _ in rows])
    return [_shown(row, project, said[number_of(row)], now) for row, project in rows]


def _said(session: Session, rows: Sequence[tables.Approval]) -> dict[int, Lines]:
    """Return what each request asks for in words; a kind that is no more says nothing."""
    found: dict[int, Lines] = {number_of(row): () for row in rows}
    for name, kind in kinds().items():
        mine = [row for row in rows if row.kind == name]
        lines = kind.said(session, [change_of(row) for row in mine]) if mine else ()
        found |= {number_of(row): line for row, line in zip(mine, lines, strict=True)}
    return found


def _shown(row: tables.Approval, project: str, said: Lines, now: datetime) -> Approval:
    kind = kinds().get(row.kind)
    return Approval(
        id=number_of(row),
        kind=row.kind,
        title=row.kind.replace("_", " ") if kind is None else kind.title,
        project=project,
        change=change_of(row),
        said=said,
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        status=status_at(row.status, row.expires_at, now),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decision_reason=row.decision_reason,
    )
