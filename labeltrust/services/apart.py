"""Heavy work in a process of its own, so that the server's threads keep answering.

Counting a million labels holds Python's one lock for long stretches; in the server's own process
every webhook would wait for it. The child starts fresh (no forked locks), runs at low priority,
lives as long as the server, and ends by itself when the server is gone, however it went.
"""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, get_context, parent_process
from typing import ParamSpec, TypeVar

from labeltrust.domain.errors import Busy

P = ParamSpec("P")
T = TypeVar("T")
_NICENESS = 10
_MOST_WAITING = 16


class Apart:
    """One persistent child process; calls wait for their turn."""

    def __init__(self, most_waiting: int = _MOST_WAITING) -> None:
        """Prepare; the child starts with the first call."""
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._room = threading.BoundedSemaphore(most_waiting)

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a module-level function in the child and return or raise what it does.

        Raises:
            Busy: Too many calls wait already, or the child was killed (out of memory, perhaps).
        """
        if not self._room.acquire(blocking=False):
            raise Busy("too many assessments wait already", retry_after_seconds=30)
        try:
            return self._submit(function, *args, **kwargs).result()
        except BrokenProcessPool:
            self.close()
            raise Busy("the assessing process was killed; is memory short?") from None
        except CancelledError:
            raise Busy("the server is stopping") from None
        finally:
            self._room.release()

    def _submit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    max_workers=1, mp_context=get_context("spawn"), initializer=_prepare_child
                )
            return self._pool.submit(function, *args, **kwargs)

    def close(self) -> None:
        """End the child after the call in hand."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)


def _prepare_child() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then ends us
    os.nice(_NICENESS)
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)  # the work in hand is of no use to anybody any more
