"""Background work as rows: one open row a (kind, key), claimed by a lease with a fencing number.

The same statements serve SQLite (one writer at a time by its own lock) and PostgreSQL (rows locked
one by one, those of other workers skipped).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from labeltrust.domain.errors import Conflict
from labeltrust.store.tables import Job

PARKED_AFTER: Final = 8
"""A job that did not finish in so many tries is parked: tried seldom, and told to people."""
PARKED_FOR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to do one job until a moment, unless somebody else claims it after that.

    Attributes:
        id: The job's row.
        kind: What to do, such as `assess`.
        key: On what, such as a project's name.
        fence: Grows with every claim; a write under an older number is refused.
        holder: Who claimed; unique to a worker process.
        due_at: What the job was due at when claimed; a later one means "and once more".
        attempts: Claims that did not finish, this one included.
    """

    id: int
    kind: str
    key: str
    fence: int
    holder: str
    due_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How background work stands: open jobs, those that failed, and seconds of the oldest delay."""

    open: int
    failing: int
    late_seconds: float


def enqueue(session: Session, kind: str, key: str, due_at: datetime) -> None:
    """Ask for a job; one that waits already keeps the earlier moment.

    Asked for while it runs, it runs once more afterwards: what it reads now may be old.
    """
    enqueue_once(session, kind, key, due_at)
    wanted = select(Job).where(col(Job.kind) == kind, col(Job.key) == key)
    job = session.exec(wanted.with_for_update()).first()
    if job is None:  # finished by another worker between the two statements
        enqueue(session, kind, key, due_at)
        return
    if job.leased_until is None:
        job.due_at = min(job.due_at, due_at)
    else:
        job.due_at = max(due_at, job.due_at + timedelta(microseconds=1))
    session.add(job)
    session.flush()


def is_known(session: Session, kind: str, key: str) -> bool:
    """Say whether a job of this kind and key waits, runs or is to be tried again."""
    wanted = select(Job.id).where(col(Job.kind) == kind, col(Job.key) == key)
    return session.exec(wanted).first() is not None


def enqueue_once(session: Session, kind: str, key: str, due_at: datetime) -> None:
    """Ask for a job unless there is one; a pause after a failure is not cut short."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"kind": kind, "key": key, "due_at": due_at, "first_due_at": due_at}
    row |= {"attempts": 0, "fence": 0}
    session.exec(insert(Job).values(**row).on_conflict_do_nothing())


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """An open job as it can be shown."""

    key: str
    first_due_at: datetime
    attempts: int
    leased_until: datetime | None
    error: str | None


def jobs_of(session: Session, kind: str) -> list[JobRow]:
    """Return the open jobs of a kind, oldest first."""
    wanted = select(Job).where(col(Job.kind) == kind).order_by(col(Job.id))
    return [
        JobRow(
            key=job.key,
            first_due_at=job.first_due_at,
            attempts=job.attempts,
            leased_until=job.leased_until,
            error=job.error,
        )
        for job in session.exec(wanted)
    ]


def is_due(session: Session, now: datetime, kinds: Collection[str] = ()) -> bool:
    """Say whether a claim would find something, by a read alone."""
    return session.exec(_claimable(now, kinds)).first() is not None


def claim(
    session: Session, holder: str, now: datetime, lease: timedelta, kinds: Collection[str] = ()
) -> Lease | None:
    """Take the job that is due longest, or one whose lease ran out; None where nothing is due.

    Args:
        session: An open unit of work.
        holder: Who claims.
        now: The present moment.
        lease: How long the claim holds.
        kinds: Of these kinds; empty takes any.
    """
    wanted = _claimable(now, kinds).with_for_update(skip_locked=True)
    job = session.exec(wanted).first()
    while job is not None and _ends_its_workers(job):
        _released(job, error=f"its worker ended without a word, {job.attempts} times")
        job.due_at = now + PARKED_FOR
        session.add(job)
        session.flush()
        job = session.exec(wanted).first()
    if job is None or job.id is None:
        return None
    job.fence += 1
    job.attempts += 1
    job.leased_until = now + lease
    job.leased_by = holder
    session.add(job)
    session.flush()
    return _lease(job, job.id, holder)


def _ends_its_workers(job: Job) -> bool:
    """Say whether a job's last lease ran out once too often: perhaps it kills who does it."""
    return job.leased_until is not None and job.attempts >= PARKED_AFTER


def parked(session: Session) -> list[tuple[str, str, int]]:
    """Return kind, key and tries of the jobs that are parked."""
    wanted = select(Job).where(col(Job.attempts) >= PARKED_AFTER, col(Job.error).is_not(None))
    return [(job.kind, job.key, job.attempts) for job in session.exec(wanted.order_by(col(Job.id)))]


def _claimable(now: datetime, kinds: Collection[str]) -> SelectOfScalar[Job]:
    free = or_(col(Job.leased_until).is_(None), col(Job.leased_until) <= now)
    due = select(Job).where(col(Job.due_at) <= now, free)
    if kinds:
        due = due.where(col(Job.kind).in_(sorted(kinds)))
    return due.order_by(col(Job.due_at), col(Job.id)).limit(1)


def _lease(job: Job, number: int, holder: str) -> Lease:
    return Lease(
        id=number,
        kind=job.kind,
        key=job.key,
        fence=job.fence,
        holder=holder,
        due_at=job.due_at,
        attempts=job.attempts,
    )


def require_lease(session: Session, lease: Lease) -> None:
    """Refuse to go on where somebody else has claimed the job since.

    Called inside the transaction that stores the work's result, it makes a worker that was paused
    past its lease harmless.

    Raises:
        Conflict: The lease was lost.
    """
    _held(session, lease)


def _held(session: Session, lease: Lease) -> Job:
    wanted = select(Job).where(col(Job.id) == lease.id, col(Job.fence) == lease.fence)
    wanted = wanted.where(col(Job.leased_by) == lease.holder)
    job = session.exec(wanted.with_for_update()).first()
    if job is None:
        detail = f"lease {lease.fence} on {lease.kind} {lease.key!r} was lost to another worker"
        raise Conflict(detail)
    return job


def extend(session: Session, lease: Lease, until: datetime) -> None:
    """Keep a lease while the work goes on.

    Raises:
        Conflict: The lease was lost.
    """
    job = _held(session, lease)
    job.leased_until = until
    session.add(job)
    session.flush()


def finish(session: Session, lease: Lease) -> None:
    """End a job; where it was asked for again meanwhile, it stays due.

    Raises:
        Conflict: The lease was lost.
    """
    job = _held(session, lease)
    if job.due_at == lease.due_at:
        session.delete(job)
    else:
        _released(job, error=None)
        job.attempts = 0
        session.add(job)
    session.flush()


def fail(session: Session, lease: Lease, error: str, retry_at: datetime) -> None:
    """Put a job back with what went wrong, due again at a later moment.

    Raises:
        Conflict: The lease was lost.
    """
    job = _held(session, lease)
    _released(job, error=error)
    job.due_at = retry_at
    session.add(job)
    session.flush()


def _released(job: Job, *, error: str | None) -> None:
    job.leased_until = None
    job.leased_by = None
    job.error = error


def backlog(session: Session, now: datetime) -> Backlog:
    """Return how many jobs wait, how many failed last time, and how late the oldest is."""
    total, oldest = session.exec(select(func.count(), func.min(col(Job.due_at)))).one()
    failing = select(func.count()).where(col(Job.error).is_not(None))
    late = (now - oldest).total_seconds() if total else 0.0
    return Backlog(open=total, failing=session.exec(failing).one(), late_seconds=max(late, 0.0))
