"""Heavy work in a process of its own, so that the server's threads keep answering.

Counting a million labels holds Python's one lock for long stretches; in the server's own process
every webhook would wait for it. The child starts fresh (no forked locks), runs at low priority,
lives as long as the server, and ends by itself when the server is gone, however it went.
"""

import os
import pickle
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, ParamSpec, TypeVar

from labeltrust.domain.errors import Busy

P = ParamSpec("P")
T = TypeVar("T")
_NICENESS = 10
_MOST_WAITING = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class _Child:
    """The running child and our end of the line to it."""

    process: BaseProcess
    line: Connection


class Apart:
    """One persistent child process; calls wait for their turn."""

    def __init__(self, most_waiting: int = _MOST_WAITING) -> None:
        """Prepare; the child starts with the first call."""
        self._turn = threading.Lock()
        self._child: _Child | None = None
        self._closed = False
        self._room = threading.BoundedSemaphore(most_waiting)

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a module-level function in the child and return or raise what it does.

        Raises:
            Busy: Too many calls wait already, or the child was killed (out of memory, perhaps).
        """
        if not self._room.acquire(blocking=False):
            raise Busy("too many assessments wait already", retry_after_seconds=30)
        try:
            with self._turn:
                answer: Callable[[], T] = self._asked(function, args, kwargs)
            return answer()
        finally:
            self._room.release()

    def _asked(self, function: Callable[..., T], args: Any, kwargs: Any) -> Callable[[], T]:  # noqa: ANN401 - what `run` checked
        if self._closed:
            raise Busy("the server is stopping")
        if self._child is None:
            self._child = _started()
        try:
            self._child.line.send((function, args, kwargs))
            worked, value = self._child.line.recv()
        except (EOFError, OSError):
            self._child = None
            raise Busy("the assessing process was killed; is memory short?") from None
        return (lambda: value) if worked else (lambda: _raise(value))

    def close(self) -> None:
        """End the child at once; what it was doing is undone by its database."""
        self._closed = True
        child, self._child = self._child, None
        if child is not None:
            child.process.terminate()
            child.process.join()
            child.line.close()


def _raise(error: Exception) -> Any:  # noqa: ANN401 - never returns
    raise error


def _started() -> _Child:
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), name="apart", daemon=True)
    process.start()
    theirs.close()  # so that the end of the child is the end of the line
    return _Child(process=process, line=ours)


def _serve(line: Connection) -> None:
    """Do what is asked, one call after the other, until the line ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then ends us
    os.nice(_NICENESS)
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
    while True:
        try:
            function, args, kwargs = line.recv()
        except EOFError:
            return
        line.send(_answer(function, args, kwargs))


def _answer(function: Callable[..., object], args: Any, kwargs: Any) -> tuple[bool, object]:  # noqa: ANN401 - as asked
    try:
        return True, function(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - raised again where it was asked for
        return False, _portable(error)


def _portable(error: Exception) -> Exception:
    """Return an error as it is where it survives the way back, else its words."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes, made a moment ago
    except Exception:  # noqa: BLE001 - any failure means that it cannot travel
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)  # the work in hand is of no use to anybody any more
