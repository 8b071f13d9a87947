"""Group commit in a process of its own, for a server that must go on answering.

Recording keeps Python's one lock about as long as answering does; in one process each would wait
for the other. The child ends when the server does, however that ends: its line to it breaks.
"""

import asyncio
import contextlib
import gc
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from queue import SimpleQueue
from typing import Final, Self

from labeltrust.domain.errors import Busy
from labeltrust.domain.events import Outcome
from labeltrust.settings import Settings
from labeltrust.store.drafts import Packed, Submission, pack
from labeltrust.store.recording import Recorder
from labeltrust.store.session import open_engine
from labeltrust.store.vault import Vault, open_vault
from labeltrust.store.writer import Trouble, next_group, weight, written
from labeltrust.store.writer_line import (
    Frames,
    answer_frame,
    packed_frame,
    packed_of,
    result_of,
)

_RECEIVE_BYTES: Final = 1_048_576
_STOP_SECONDS: Final = 30.0
# Packing more events than these takes over a millisecond: a thread does it.
_INLINE_ROWS: Final = 50

Message = tuple[int, Packed]


class ApartWriter:
    """Writes submissions of all callers of one event loop in shared transactions, elsewhere.

    Use it as a context manager in that loop: leaving it lets the child write what it was sent.
    """

    def __init__(self, settings: Settings, vault: Vault) -> None:
        """Prepare; the child starts with the context."""
        self._settings = settings
        self._vault = vault
        self.trouble = Trouble()
        self._waiting: dict[int, tuple[asyncio.Future[Outcome], int]] = {}
        self._waiting_rows = 0
        self._number = 0
        self._frames: list[bytes] = []
        self._is_open = False
        self._line: asyncio.WriteTransport | None = None
        self._connecting: asyncio.Task[asyncio.WriteTransport] | None = None
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        """Start the child."""
        self._is_open = True
        self._child = _Child(self._settings)
        return self

    def __exit__(self, *_: object) -> None:
        """Let the child write what it was sent, and end it."""
        self._is_open = False
        if self._child is not None:
            self._child.end()

    @property
    def waiting_rows(self) -> int:
        """Events waiting or being written."""
        return self._waiting_rows

    @property
    def is_alive(self) -> bool:
        """Whether submissions are taken; one that was killed is started again by the next."""
        return self._is_open and (self._child is None or self._child.is_alive)

    @property
    def pid(self) -> int | None:
        """The child's process id."""
        return None if self._child is None else self._child.pid

    async def submit(self, submission: Submission) -> Outcome:
        """Record a submission and return what became of it, after its durable commit.

        Raises:
            Busy: Try again later; nothing was stored, or it will be found a duplicate then.
        """
        if not self._is_open:
            raise Busy("the server is stopping")
        size = weight(submission)
        if self._waiting_rows and self._waiting_rows + size > self._settings.queue_rows:
            detail = f"{self._waiting_rows} events wait to be written"
            raise Busy(detail, retry_after_seconds=1)
        number = self._number = self._number + 1
        frame = await self._framed(number, submission)
        line = self._line or await self._connected()
        self._send(line, frame)
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting[number] = (future, size)
        self._waiting_rows += size
        return await future

    async def _framed(self, number: int, submission: Submission) -> bytes:
        if len(submission.parsed.events) <= _INLINE_ROWS:
            # Sealing a small body takes as long as all else here: the child has more time.
            return packed_frame(number, pack(submission, self._vault, seal=False))
        packed = await asyncio.to_thread(pack, submission, self._vault)
        return packed_frame(number, packed)

    def _send(self, line: asyncio.WriteTransport, frame: bytes) -> None:
        """Send what comes in one turn of the loop together: a call to the system costs as much."""
        if not self._frames:
            asyncio.get_running_loop().call_soon(self._flush, line)
        self._frames.append(frame)

    def _flush(self, line: asyncio.WriteTransport) -> None:
        frames, self._frames = self._frames, []
        line.write(b"".join(frames))

    async def _connected(self) -> asyncio.WriteTransport:
        if self._connecting is None:
            self._connecting = asyncio.create_task(self._connect())
        return await asyncio.shield(self._connecting)

    async def _connect(self) -> asyncio.WriteTransport:
        if self._child is None:
            self._child = _Child(self._settings)
        loop = asyncio.get_running_loop()
        answers = _Answers(self._answered, self._lost)
        line, _ = await loop.create_connection(lambda: answers, sock=self._child.socket)
        self._line = line
        return line

    def _answered(self, number: int, body: bytes) -> None:
        future, size = self._waiting.pop(number)
        self._waiting_rows -= size
        result = result_of(body)
        self.trouble.note(result)
        if future.done():
            return  # whoever asked is gone; the events are on record all the same
        if isinstance(result, Outcome):
            future.set_result(result)
        else:
            future.set_exception(result)

    def _lost(self) -> None:
        """Tell all who wait that the child is gone; the next submission starts another."""
        self._line, self._connecting, self._child = None, None, None
        waiting, self._waiting, self._waiting_rows = self._waiting, {}, 0
        for future, _ in waiting.values():
            if not future.done():
                future.set_exception(Busy("the writer was killed; send the events again"))


class _Answers(asyncio.Protocol):
    """The server's end of the line."""

    def __init__(self, answered: Callable[[int, bytes], None], lost: Callable[[], None]) -> None:
        self._frames = Frames()
        self._answered = answered
        self._lost = lost

    def data_received(self, data: bytes) -> None:
        """Hand over every whole answer."""
        for number, body in self._frames.feed(data):
            self._answered(number, body)

    def connection_lost(self, error: Exception | None) -> None:
        """Say so."""
        del error
        self._lost()


class _Child:
    """The process, and our end of the line to it."""

    def __init__(self, settings: Settings) -> None:
        self.socket, theirs = socket.socketpair()
        context = get_context("spawn")
        self._process = context.Process(
            target=_write_for, args=(settings, theirs), name="labeltrust-writer", daemon=True
        )
        self._process.start()
        theirs.close()

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process.is_alive()

    @property
    def pid(self) -> int | None:
        """The process id."""
        return self._process.pid

    def end(self) -> None:
        """Send no more, and wait until all is written.

        Not by the transport: uvloop would end its side in a later turn of the loop that waits here.
        """
        with contextlib.suppress(OSError):  # the line is gone already
            self.socket.shutdown(socket.SHUT_WR)
        self._process.join(_STOP_SECONDS)


def _write_for(settings: Settings, line: socket.socket) -> None:
    """Record what comes until the line ends; a signal to the whole group is for the server."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    # What a group makes dies with it, without cycles: looking for some each 700 objects is waste.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    queue: SimpleQueue[Message | None] = SimpleQueue()
    threading.Thread(target=_read, args=(line, queue), name="reader", daemon=True).start()
    recorder: Recorder | None = None
    with contextlib.suppress(ConnectionError):
        while group := next_group(queue, _rows, settings.group_rows):
            try:
                recorder = recorder or _recorder(settings)
            except Exception as error:  # noqa: BLE001 - belongs to those who wait
                _answer(line, group, [error] * len(group))
                continue
            packed = [message[1] for message in group]
            _answer(line, group, written(recorder.record_packed, packed, recorder.park_packed))


def _recorder(settings: Settings) -> Recorder:
    return Recorder(open_engine(settings), open_vault(settings))


def _rows(message: Message) -> int:
    return max(1, len(message[1].rows))


def _read(line: socket.socket, queue: "SimpleQueue[Message | None]") -> None:
    """Read what comes, while the last group is being written."""
    frames = Frames()
    with contextlib.suppress(ConnectionError):
        while data := line.recv(_RECEIVE_BYTES):
            for number, body in frames.feed(data):
                queue.put((number, packed_of(body)))
    queue.put(None)


def _answer(
    line: socket.socket,
    group: list[Message],
    results: Sequence[Outcome | Exception],
) -> None:
    pairs = zip(group, results, strict=True)
    line.sendall(b"".join([answer_frame(number, result) for (number, _), result in pairs]))
