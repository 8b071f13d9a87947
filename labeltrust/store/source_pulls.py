"""Accesses to platforms and pulls from them as rows."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlmodel import Session, col, func, select

from labeltrust.domain.errors import NotFound
from labeltrust.domain.platform_access import AccessInfo
from labeltrust.domain.reconciling import Findings, PullReport
from labeltrust.store.inserting import known_id
from labeltrust.store.tables import Approval, Project, Source, SourceAccess, SourcePull


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedAccess:
    """How a platform is read, with its sealed token."""

    info: AccessInfo
    sealed: bytes


def set_access(session: Session, source_id: int, info: AccessInfo, sealed: bytes) -> None:
    """Keep how a source's platform is read, in place of what was before."""
    row = session.get(SourceAccess, source_id) or SourceAccess(source_id=source_id, **_NOTHING)
    row.url, row.remote, row.sealed = info.url, info.remote, sealed
    row.every_minutes, row.set_at, row.set_by = info.every_minutes, info.set_at, info.set_by
    session.add(row)
    session.flush()


_NOTHING: dict[str, Any] = {"url": "", "remote": "", "sealed": b"", "every_minutes": 0}


def get_access(session: Session, source_id: int) -> SealedAccess | None:
    """Return how a source's platform is read, None where it is not."""
    row = session.get(SourceAccess, source_id)
    return None if row is None else _access(row)


def drop_access(session: Session, source_id: int) -> None:
    """Forget how a source's platform is read, token and all."""
    row = session.get(SourceAccess, source_id)
    if row is not None:
        session.delete(row)
        session.flush()


def accesses(session: Session) -> dict[int, SealedAccess]:
    """Return how each source's platform is read, by the source's row id."""
    return {row.source_id: _access(row) for row in session.exec(select(SourceAccess))}


def _access(row: SourceAccess) -> SealedAccess:
    info = AccessInfo(
        url=row.url, remote=row.remote, every_minutes=row.every_minutes, set_at=row.set_at,
        set_by=row.set_by,
    )  # fmt: skip
    return SealedAccess(info=info, sealed=row.sealed)


def begin_pull(
    session: Session, *, source_id: int, project_id: int, at: datetime, by: str, dry_run: bool
) -> int:
    """Store that a pull begins, and return its number."""
    row = SourcePull(
        source_id=source_id, project_id=project_id, started_at=at, started_by=by, dry_run=dry_run
    )
    session.add(row)
    session.flush()
    return known_id(row.id)


def running_pull(session: Session, source_id: int, since: datetime) -> int | None:
    """Return the number of a pull that is under way since then, if there is one."""
    wanted = select(SourcePull.id).where(
        col(SourcePull.source_id) == source_id,
        col(SourcePull.status) == "running",
        col(SourcePull.started_at) > since,
    )
    return session.exec(wanted).first()


def running_by(session: Session, source_id: int, by: str) -> list[int]:
    """Return the numbers of the pulls of a source that somebody began and that have no end yet."""
    wanted = select(SourcePull.id).where(
        col(SourcePull.source_id) == source_id,
        col(SourcePull.status) == "running",
        col(SourcePull.started_by) == by,
    )
    return [known_id(number) for number in session.exec(wanted)]


def end_pull(  # noqa: PLR0913 - one parameter a fact of the row
    session: Session,
    number: int,
    *,
    at: datetime,
    status: str,
    found: Findings,
    held: Collection[str] = (),
    approval: int | None = None,
    error: str | None = None,
) -> None:
    """Store what a pull found, or why it failed."""
    row = session.get_one(SourcePull, number)
    row.status, row.finished_at, row.error = status, at, error
    row.found = msgspec.json.encode(found).decode()
    row.held, row.approval_id = json.dumps(sorted(held)), approval
    session.add(row)
    session.flush()


def pull_row(session: Session, number: int) -> SourcePull:
    """Return the row of a pull.

    Raises:
        NotFound: There is none of that number.
    """
    row = session.get(SourcePull, number)
    if row is None:
        detail = f"no pull {number}"
        raise NotFound(detail)
    return row


def allow_pull(session: Session, number: int, at: datetime) -> None:
    """Store that a person allowed what a pull held."""
    row = pull_row(session, number)
    row.allowed_at = at
    session.add(row)
    session.flush()


def allowed_ids(session: Session, source_id: int) -> tuple[set[str], list[int]]:
    """Return the annotations that persons allowed to take away, and the pulls that held them."""
    wanted = select(SourcePull).where(
        col(SourcePull.source_id) == source_id,
        col(SourcePull.allowed_at).is_not(None),
        col(SourcePull.used_at).is_(None),
    )
    rows = session.exec(wanted).all()
    return {one for row in rows for one in json.loads(row.held)}, [known_id(r.id) for r in rows]


def use_allowed(session: Session, numbers: Sequence[int], at: datetime) -> None:
    """Store that what was allowed has been done."""
    for number in numbers:
        row = pull_row(session, number)
        row.used_at = at
        session.add(row)
    session.flush()


def refused_holds(session: Session, source_id: int) -> list[SourcePull]:
    """Return the pulls whose request was refused or waits: nobody is asked for the same again."""
    wanted = (
        select(SourcePull)
        .join(Approval, col(Approval.id) == col(SourcePull.approval_id))
        .where(col(SourcePull.source_id) == source_id)
        .where(col(Approval.status).in_(["refused", "waiting"]))
    )
    return list(session.exec(wanted))


def held_ids(row: SourcePull) -> frozenset[str]:
    """Return the annotations that a pull held."""
    return frozenset(json.loads(row.held))


def pulls_of(session: Session, source_id: int, limit: int) -> list[PullReport]:
    """Return the pulls of a source, newest first."""
    wanted = (
        select(SourcePull, Source.name, Project.name)
        .join(Source, col(Source.id) == col(SourcePull.source_id))
        .join(Project, col(Project.id) == col(SourcePull.project_id))
        .where(col(SourcePull.source_id) == source_id)
        .order_by(col(SourcePull.id).desc())
        .limit(limit)
    )
    return [_report(*found) for found in session.exec(wanted)]


def last_begun(session: Session) -> dict[int, datetime]:
    """Return when each source was last compared with its platform, by its row id."""
    wanted = (
        select(SourcePull.source_id, func.max(SourcePull.started_at))
        .where(col(SourcePull.dry_run).is_(False))
        .group_by(col(SourcePull.source_id))
    )
    return dict(session.exec(wanted).all())


def newest_pulls(session: Session) -> dict[int, PullReport]:
    """Return the newest ended comparison of each source that recorded, by its row id."""
    last = (
        select(func.max(SourcePull.id))
        .where(col(SourcePull.dry_run).is_(False), col(SourcePull.status) != "running")
        .group_by(col(SourcePull.source_id))
    )
    wanted = (
        select(SourcePull, Source.name, Project.name)
        .join(Source, col(Source.id) == col(SourcePull.source_id))
        .join(Project, col(Project.id) == col(SourcePull.project_id))
        .where(col(SourcePull.id).in_(last))
    )
    return {found[0].source_id: _report(*found) for found in session.exec(wanted)}


def get_pull(session: Session, number: int) -> PullReport:
    """Return one pull.

    Raises:
        NotFound: There is none of that number.
    """
    row = pull_row(session, number)
    source = session.get_one(Source, row.source_id)
    return _report(row, source.name, session.get_one(Project, row.project_id).name)


def _report(row: SourcePull, source: str, project: str) -> PullReport:
    return PullReport(
        id=known_id(row.id),
        source=source,
        project=project,
        status=row.status,
        dry_run=row.dry_run,
        started_at=row.started_at,
        started_by=row.started_by,
        finished_at=row.finished_at,
        found=msgspec.json.decode(row.found, type=Findings),
        error=row.error,
    )
