"""What background work needs of its queue: one small protocol, whatever keeps the jobs."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from labeltrust.store.jobs import Lease

Handler = Callable[[Lease], None]
"""Does one job; may be called again for the same one, so its effect must be idempotent."""
Scheduler = Callable[[], None]
"""Looks for work that is due and asks for it; called between jobs and while idle."""


class JobQueue(Protocol):
    """Where jobs wait; every method is one transaction."""

    def enqueue(self, kind: str, key: str, due_at: datetime) -> None:
        """Ask for a job; asked for again while it runs, it runs once more afterwards."""
        ...

    def enqueue_once(self, kind: str, key: str, due_at: datetime) -> None:
        """Ask for a job unless one waits, runs or is to be tried again."""
        ...

    def claim(self, holder: str, now: datetime, lease: timedelta) -> Lease | None:
        """Take one job that is due, or None."""
        ...

    def extend(self, lease: Lease, until: datetime) -> None:
        """Keep the lease; raises Conflict where it was lost."""
        ...

    def finish(self, lease: Lease) -> None:
        """End the job; raises Conflict where the lease was lost."""
        ...

    def fail(self, lease: Lease, error: str, retry_at: datetime) -> None:
        """Put the job back; raises Conflict where the lease was lost."""
        ...
