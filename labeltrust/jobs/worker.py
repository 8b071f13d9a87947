"""The loop of background work: schedule, claim, do, finish; in a thread of `serve` or alone."""

import os
import secrets
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from labeltrust.domain.clock import Clock
from labeltrust.domain.errors import Busy, Conflict
from labeltrust.failpoints import reached, working_on
from labeltrust.jobs._base import Handler, JobQueue, Scheduler
from labeltrust.store.jobs import PARKED_AFTER, PARKED_FOR, Lease

_LOG = structlog.get_logger("labeltrust.jobs")
_FIRST_RETRY_SECONDS = 1.0
_LONGEST_RETRY_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """Does jobs one after the other until it is stopped.

    Attributes:
        queue: Where jobs wait.
        handlers: What to do, by kind.
        schedule: Asks for work that is due; called before each look at the queue.
        clock: The present moment.
        holder: Name of this worker, unique to its process.
        stop: Set by somebody else to end the loop after the job in hand.
        lease: How long a claim holds; kept alive every third of it.
        idle_seconds: Pause after a look that found nothing.
    """

    queue: JobQueue
    handlers: Mapping[str, Handler]
    schedule: Scheduler
    clock: Clock
    holder: str
    stop: threading.Event = field(default_factory=threading.Event)
    lease: timedelta = timedelta(seconds=30)
    idle_seconds: float = 1.0

    def run(self) -> None:
        """Work until stopped; an error of one look is logged and the next one tries again."""
        while not self.stop.is_set():
            try:
                busy = self.step()
            except Busy as error:  # a database that is away says so each second: no traceback
                _LOG.warning("background work waits", why=str(error))
                busy = False
            except Exception:  # noqa: BLE001 - logged; the loop outlives a database that is away
                _LOG.exception("background work failed to look for jobs")
                busy = False
            if not busy:
                self.stop.wait(self.idle_seconds)

    def step(self) -> bool:
        """Do one job that is due; say whether there was one."""
        self.schedule()
        lease = self.queue.claim(self.holder, self.clock(), self.lease)
        if lease is None:
            return False
        try:
            self._do(lease)
        except Conflict as error:
            _LOG.warning("lease lost", kind=lease.kind, key=lease.key, detail=str(error))
        return True

    def _do(self, lease: Lease) -> None:
        try:
            with _KeptAlive(worker=self, lease=lease), working_on(lease.kind, lease.key):
                reached("begin")
                self.handlers[lease.kind](lease)
                reached("done")
        except Exception as error:  # noqa: BLE001 - logged and kept on the job's row
            _log_failure(lease, error)
            retry_at = self.clock() + _pause(lease, error)
            self.queue.fail(lease, f"{type(error).__name__}: {error}"[:2000], retry_at)
        else:
            self.queue.finish(lease)


def _log_failure(lease: Lease, error: Exception) -> None:
    """Log why a job failed; a database that was busy is no fault of the program's."""
    told = {"kind": lease.kind, "key": lease.key, "attempts": lease.attempts}
    if isinstance(error, Busy):
        _LOG.warning("job waits", why=str(error), **told)
    else:
        _LOG.error("job failed", exc_info=error, **told)


def _pause(lease: Lease, error: Exception) -> timedelta:
    """Return when to try again; what nobody could do for hours is no reason to hold others up."""
    if lease.attempts >= PARKED_AFTER and not isinstance(error, Busy):
        return PARKED_FOR
    return timedelta(seconds=retry_seconds(lease.attempts))


def retry_seconds(attempts: int) -> float:
    """Return the pause after a failure: doubled each time, five minutes at most.

    >>> [retry_seconds(n) for n in (1, 2, 3, 20)]
    [1.0, 2.0, 4.0, 300.0]
    """
    return min(_FIRST_RETRY_SECONDS * 2.0 ** min(attempts - 1, 30), _LONGEST_RETRY_SECONDS)


@dataclass(slots=True, kw_only=True)
class _KeptAlive:
    """Extends a lease from a thread of its own while the work goes on."""

    worker: Worker
    lease: Lease
    _done: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> None:
        self._thread = threading.Thread(target=self._run, name="lease", daemon=True)
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        pause = self.worker.lease.total_seconds() / 3
        while not self._done.wait(pause):
            try:
                until = self.worker.clock() + self.worker.lease
                self.worker.queue.extend(self.lease, until)
            except Conflict:
                return  # the fence inside the result's transaction refuses the late write
            except Exception:  # noqa: BLE001 - logged; the fence decides in the end
                _LOG.exception("lease not extended", kind=self.lease.kind, key=self.lease.key)


def holder_name() -> str:
    """Return a name for a worker that no other has: of the machine, the process, and chance.

    >>> holder_name() == holder_name()
    False
    """
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
