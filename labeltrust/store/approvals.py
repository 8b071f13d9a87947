"""Requests for acts of two persons as rows; whoever changes one appends the event beside it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from labeltrust.domain.approvals import WAITS
from labeltrust.domain.errors import NotFound
from labeltrust.domain.listings import Listed, Listing
from labeltrust.store.chains import FRESH
from labeltrust.store.inserting import known_id
from labeltrust.store.listing import Sought, holding, look_up
from labeltrust.store.tables import Approval, Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked, by whom, in which project."""

    project_id: int
    kind: str
    change: Mapping[str, Any]
    reason: str
    actor: str
    identity: str
    at: datetime

    @property
    def digest(self) -> bytes:
        """SHA-256 of kind and change: what history binds without repeating names."""
        return hashlib.sha256(f"{self.kind} {_text(self.change)}".encode()).digest()


def insert_approval(session: Session, asked: Asked) -> Approval:
    """Insert a request that waits."""
    row = Approval(
        project_id=asked.project_id,
        kind=asked.kind,
        change=_text(asked.change),
        digest=asked.digest,
        reason=asked.reason,
        asked_by=asked.actor,
        asked_identity=asked.identity,
        asked_at=asked.at,
        expires_at=asked.at + WAITS,
    )
    session.add(row)
    session.flush()
    return row


def waiting_twin(session: Session, asked: Asked) -> int | None:
    """Return the number of a request that waits for the very same thing, if there is one."""
    wanted = select(Approval.id).where(
        col(Approval.project_id) == asked.project_id,
        col(Approval.digest) == asked.digest,
        col(Approval.status) == "waiting",
        col(Approval.expires_at) > asked.at,
    )
    return session.exec(wanted).first()


def approval_row(session: Session, number: int) -> tuple[Approval, Project]:
    """Return a request as it stands now, and its project.

    Raises:
        NotFound: There is none of that number.
    """
    wanted = select(Approval).where(col(Approval.id) == number).execution_options(**FRESH)
    row = session.exec(wanted).first()
    if row is None:
        detail = f"no approval {number}"
        raise NotFound(detail)
    return row, session.get_one(Project, row.project_id)


def waiting_rows(session: Session, project_id: int, kind: str, now: datetime) -> list[Approval]:
    """Return the requests of a kind in a project that wait at a moment, newest first."""
    wanted = select(Approval).where(
        col(Approval.project_id) == project_id,
        col(Approval.kind) == kind,
        col(Approval.status) == "waiting",
        col(Approval.expires_at) > now,
    )
    return list(session.exec(wanted.order_by(col(Approval.id).desc())))


def approval_rows(
    session: Session,
    projects: frozenset[str] | None,
    *,
    waiting_at: datetime | None = None,
    limit: int,
) -> list[tuple[Approval, str]]:
    """Return requests with the names of their projects, newest first.

    Args:
        session: An open read.
        projects: Names of the projects in scope, None for all.
        waiting_at: Only those that wait at this moment.
        limit: At most so many.
    """
    wanted = select(Approval, Project.name).join(
        Project, col(Project.id) == col(Approval.project_id)
    )
    if projects is not None:
        wanted = wanted.where(col(Project.name).in_(sorted(projects)))
    if waiting_at is not None:
        wanted = wanted.where(
            col(Approval.status) == "waiting", col(Approval.expires_at) > waiting_at
        )
    return list(session.exec(wanted.order_by(col(Approval.id).desc()).limit(limit)).all())


def find_approvals(
    session: Session, projects: frozenset[str] | None, wanted: Listing, now: datetime
) -> Listed[tuple[Approval, str]]:
    """Return requests with the names of their projects, as a table asks for them.

    Args:
        session: An open read.
        projects: Names of the projects in scope, None for all.
        wanted: Filters `show` (a status, `all` for every one) and `project`; searches the reason,
            who asked, and who answered.
        now: The moment at which what nobody answered has expired or not.
    """
    every = select(Approval, Project.name).join(
        Project, col(Project.id) == col(Approval.project_id)
    )
    if projects is not None:
        every = every.where(col(Project.name).in_(sorted(projects)))
    words = (col(Approval.reason), col(Approval.asked_by), col(Approval.decided_by))
    narrowed = [*_standing(wanted.chosen.get("show", "all"), now), *holding(wanted.text, *words)]
    if wanted.chosen.get("project"):
        narrowed.append(col(Project.name) == wanted.chosen["project"])
    sought = Sought(every=every, narrowed=narrowed, number=col(Approval.id), orders=_ORDERS)
    return look_up(session, sought, wanted)


_ORDERS: Mapping[str, Any] = MappingProxyType(
    {
        "id": col(Approval.id),
        "project": func.lower(Project.name),
        "kind": col(Approval.kind),
        "asked_by": func.lower(Approval.asked_by),
        "asked_at": col(Approval.asked_at),
        "expires_at": col(Approval.expires_at),
    }
)


def _standing(status: str, now: datetime) -> list[ColumnElement[bool]]:
    """Say the same as `status_at`."""
    if status == "all":
        return []
    if status in {"waiting", "expired"}:
        late = col(Approval.expires_at) <= now
        return [col(Approval.status) == "waiting", late if status == "expired" else ~late]
    return [col(Approval.status) == status]


def change_of(row: Approval) -> dict[str, Any]:
    """Return what is proposed, as plain JSON values."""
    found: dict[str, Any] = json.loads(row.change)
    return found


def number_of(row: Approval) -> int:
    """Return the number of a stored request."""
    return known_id(row.id)


def _text(change: Mapping[str, Any]) -> str:
    return json.dumps(dict(change), sort_keys=True, ensure_ascii=False, allow_nan=False)
