"""Group commit: submissions that come while a commit is under way share the next one.

A durable commit costs about as much for a hundred events as for one. One thread writes; whoever
submits waits for the commit that holds its events, and gets an answer only after it.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Final, Protocol, Self, TypeVar

from labeltrust.domain.errors import Busy
from labeltrust.domain.events import Outcome
from labeltrust.store.drafts import Submission

S = TypeVar("S")
_BYTES_PER_ROW: Final = 1_024


class Records(Protocol):
    """What writes: a `store.recording.Recorder`."""

    def record(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """Record all submissions or none."""
        ...

    def park(self, submission: Submission, error: Exception) -> Outcome:
        """Record what can be recorded of one that failed by itself, and hold the rest."""
        ...


_REMEMBERED_SECONDS: Final = 15.0


class Trouble:
    """What kept the last commit from being made: for health, which must not say that all is well.

    It is forgotten after some seconds: whoever asks health first, such as a load balancer, would
    else never send the delivery that finds the disk empty again.
    """

    def __init__(self) -> None:
        """Begin without."""
        self._words = ""
        self._at = 0.0

    def note(self, result: object) -> None:
        """Remember a refusal of the database, or forget it after a commit."""
        self._words = str(result) if isinstance(result, Busy) else ""
        self._at = time.monotonic()

    @property
    def words(self) -> str:
        """What is wrong, empty for nothing."""
        return self._words if time.monotonic() - self._at < _REMEMBERED_SECONDS else ""


def weight(submission: Submission) -> int:
    """Return what a submission weighs in a queue: its events, or its kilobytes if those are more.

    >>> from datetime import UTC, datetime
    >>> from labeltrust.domain.events import Parsed
    >>> weight(Submission(source="s", body=bytes(9_000), parsed=Parsed(events=(), positions=()),
    ...                   received_at=datetime(2026, 11, 22, tzinfo=UTC), parser="p/1"))
    8
    """
    rows = len(submission.parsed.events) + len(submission.parsed.problems)
    return max(1, rows, len(submission.body) // _BYTES_PER_ROW)


def written(
    record: Callable[[Sequence[S]], list[Outcome]],
    submissions: Sequence[S],
    park: Callable[[S, Exception], Outcome],
) -> list[Outcome | Exception]:
    """Record submissions together; if that fails, one by one, so that one harms no other.

    One that fails by itself is parked: what of it can be recorded is, the rest is held.
    """
    try:
        return list(record(submissions))
    except Busy as error:  # true for each of them
        return [error] * len(submissions)
    except Exception as error:  # noqa: BLE001 - belongs to those who wait
        if len(submissions) == 1:
            return [_parked(park, submissions[0], error)]
        return [written(record, [submission], park)[0] for submission in submissions]


def _parked(
    park: Callable[[S, Exception], Outcome], submission: S, error: Exception
) -> Outcome | Exception:
    try:
        return park(submission, error)
    except Exception as last:  # noqa: BLE001 - belongs to the one who waits
        return last


class _Waiting:
    """A submission, its weight in rows, and where its outcome goes."""

    __slots__ = ("future", "result", "submission", "weight")

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self.future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self.result: Outcome | Exception | None = None
        self.weight = weight(submission)


def _weight_of(waiting: _Waiting) -> int:
    return waiting.weight


def next_group(
    queue: "SimpleQueue[S | None]", rows_of: Callable[[S], int], most_rows: int
) -> list[S]:
    """Wait for one submission, and take along all that came meanwhile; None in the queue ends it.

    Args:
        queue: What waits.
        rows_of: Returns the rows of one.
        most_rows: Take no more once there are so many.

    Returns:
        The group; empty at the end.
    """
    first = queue.get()
    if first is None:
        return []
    group, rows = [first], rows_of(first)
    while rows < most_rows:
        try:
            more = queue.get_nowait()
        except Empty:
            break
        if more is None:
            queue.put(None)  # this is the last group; then the end
            break
        group.append(more)
        rows += rows_of(more)
    return group


class GroupWriter:
    """Writes submissions of any number of callers in shared transactions.

    Use it as a context manager: leaving it writes what waits and ends the thread.
    """

    def __init__(
        self, make_recorder: Callable[[], Records], *, group_rows: int, queue_rows: int
    ) -> None:
        """Prepare; the thread starts with the context.

        Args:
            make_recorder: Called once, in the writing thread.
            group_rows: Most events in one commit, unless one submission alone has more.
            queue_rows: Most events (or kilobytes) waiting; beyond it callers are told to wait.
        """
        self._make_recorder = make_recorder
        self._group_rows = group_rows
        self._queue_rows = queue_rows
        self.trouble = Trouble()
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._waiting_rows = 0
        self._is_open = False
        self._thread = threading.Thread(target=self._run, name="group-writer", daemon=True)

    def __enter__(self) -> Self:
        """Start the thread."""
        self._is_open = True
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Write what waits, and stop."""
        with self._lock:
            self._is_open = False
            self._queue.put(None)
        self._thread.join()

    @property
    def waiting_rows(self) -> int:
        """Events waiting or being written."""
        return self._waiting_rows

    @property
    def is_alive(self) -> bool:
        """Whether the thread is there to write."""
        return self._is_open and self._thread.is_alive()

    async def submit(self, submission: Submission) -> Outcome:
        """Record a submission and return what became of it, after its durable commit.

        Raises:
            Busy: Try again later; nothing was stored.
        """
        waiting = _Waiting(submission)
        with self._lock:
            if not self._is_open:
                raise Busy("the server is stopping")
            if self._waiting_rows and self._waiting_rows + waiting.weight > self._queue_rows:
                detail = f"{self._waiting_rows} events wait to be written"
                raise Busy(detail, retry_after_seconds=1)
            self._waiting_rows += waiting.weight
            self._queue.put(waiting)
        return await waiting.future

    def _run(self) -> None:
        recorder: Records | None = None
        while group := next_group(self._queue, _weight_of, self._group_rows):
            try:
                recorder = recorder or self._make_recorder()
            except Exception as error:  # noqa: BLE001 - belongs to those who wait
                self._resolve(group, [error] * len(group))
                continue
            self._resolve(
                group,
                written(recorder.record, [waiting.submission for waiting in group], recorder.park),
            )

    def _resolve(self, group: list[_Waiting], results: Sequence[Outcome | Exception]) -> None:
        with self._lock:
            self._waiting_rows -= sum(waiting.weight for waiting in group)
        loops: dict[asyncio.AbstractEventLoop, list[_Waiting]] = {}
        for waiting, result in zip(group, results, strict=True):
            waiting.result = result
            self.trouble.note(result)
            loops.setdefault(waiting.future.get_loop(), []).append(waiting)
        for loop, some in loops.items():
            # One call for the whole group; a loop that was closed has nobody left to answer.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_answer, some)


def _answer(group: list[_Waiting]) -> None:
    for waiting in group:
        if waiting.future.done():
            continue  # whoever asked is gone; the events are on record all the same
        if isinstance(waiting.result, Outcome):
            waiting.future.set_result(waiting.result)
        else:
            waiting.future.set_exception(waiting.result or Busy("the writer stopped"))
