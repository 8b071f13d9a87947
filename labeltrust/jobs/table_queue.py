"""Jobs kept in the database that the history lies in; on SQLite and on PostgreSQL alike."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from labeltrust.store import jobs
from labeltrust.store.jobs import Lease
from labeltrust.store.session import reading, unit_of_work


@dataclass(frozen=True, slots=True, kw_only=True)
class TableQueue:
    """The queue of an installation; every method is one short transaction.

    Attributes:
        engine: The database.
        kinds: Claims are of these kinds; empty takes any.
    """

    engine: Engine
    kinds: frozenset[str] = frozenset()

    def enqueue(self, kind: str, key: str, due_at: datetime) -> None:
        """Ask for a job; asked for again while it runs, it runs once more afterwards."""
        with unit_of_work(self.engine) as session:
            jobs.enqueue(session, kind, key, due_at)

    def enqueue_once(self, kind: str, key: str, due_at: datetime) -> None:
        """Ask for a job unless one waits, runs or is to be tried again."""
        with reading(self.engine) as session:
            if jobs.is_known(session, kind, key):
                return
        with unit_of_work(self.engine) as session:
            jobs.enqueue_once(session, kind, key, due_at)

    def claim(self, holder: str, now: datetime, lease: timedelta) -> Lease | None:
        """Take one job that is due, or None; looking costs no write where nothing is due."""
        with reading(self.engine) as session:
            if not jobs.is_due(session, now, self.kinds):
                return None
        with unit_of_work(self.engine) as session:
            return jobs.claim(session, holder, now, lease, self.kinds)

    def extend(self, lease: Lease, until: datetime) -> None:
        """Keep the lease; raises Conflict where it was lost."""
        with unit_of_work(self.engine) as session:
            jobs.extend(session, lease, until)

    def finish(self, lease: Lease) -> None:
        """End the job; raises Conflict where the lease was lost."""
        with unit_of_work(self.engine) as session:
            jobs.finish(session, lease)

    def fail(self, lease: Lease, error: str, retry_at: datetime) -> None:
        """Put the job back; raises Conflict where the lease was lost."""
        with unit_of_work(self.engine) as session:
            jobs.fail(session, lease, error, retry_at)
