"""What the ingest benchmarks share: an installation, a server process, a load of requests.

The load comes from another process over real HTTP, by a client thin enough not to be measured:
every connection sends its next request when the answer to the last one is complete.
"""

import asyncio
import json
import socket
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

import msgspec
import uvloop
from _postgres import durable_postgres
from litestar import Litestar, Request, Response, post
from litestar.datastructures import State

from labeltrust.app import application, build_deployment
from labeltrust.domain.access import KeyDraft, SourceDraft
from labeltrust.domain.events import Outcome, Receipt
from labeltrust.domain.principals import shell_owner
from labeltrust.domain.projects import ProjectDraft
from labeltrust.services.add_source import add_source
from labeltrust.services.apart import Apart
from labeltrust.services.create_key import create_key
from labeltrust.services.create_project import create_project
from labeltrust.services.intake import Intake
from labeltrust.settings import Settings
from labeltrust.store.migrate import migrate
from labeltrust.web.live import LIVE, Live
from labeltrust.web.server import server_of

HOST, CLASSES = "127.0.0.1", ("benign", "fraud", "mule", "spam")
REAL, STORES_NOTHING, BARE = "real", "stores nothing", "bare handler"


@dataclass(frozen=True)
class Place:
    """An installation with project, source and key."""

    settings: Settings
    key: str


@contextmanager
def installation(database: str = "sqlite") -> Iterator[Place]:
    """Make an installation in a folder of its own, on the disk of the working directory."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()))
        url = "" if database == "sqlite" else stack.enter_context(durable_postgres())
        settings = Settings(home=Path(folder), embedded_worker=False, database_url=url)
        deployment = build_deployment(settings)
        migrate(deployment.engine)
        owner = shell_owner("bench")
        create_project(deployment, owner, ProjectDraft(name="fraud"))
        draft = SourceDraft(name="crm", platform="generic", projects=("fraud",))
        add_source(deployment, owner, draft)
        key = create_key(deployment, owner, KeyDraft(name="bench", role="source", source="crm"))
        deployment.engine.dispose()
        yield Place(settings=settings, key=key.text)


class Forgets:
    """A writer that stores nothing and answers at once."""

    waiting_rows = 0

    async def submit(self, submission: object) -> Outcome:
        """Return what a stored delivery would be answered with."""
        del submission
        receipt = Receipt(chain="fraud", sequence=1, leaf=64 * "0")
        return Outcome(delivery_id=1, accepted=1, duplicates=0, quarantined=0, receipts=(receipt,))


class ForgetfulIntake(Intake):
    """The way in with a writer that stores nothing."""

    def __enter__(self) -> Self:
        """Start nothing."""
        self.writer = Forgets()  # type: ignore[assignment]
        return self

    def __exit__(self, *_: object) -> None:
        """Write nothing."""


@post("/v1/events", status_code=202)
async def bare(request: Request) -> Response[bytes]:  # type: ignore[type-arg]
    """Decode and answer."""
    msgspec.json.decode(await request.body())
    answer = {"accepted": 1, "duplicates": 0, "quarantined": 0, "receipts": [64 * "0"]}
    return Response(msgspec.json.encode(answer), media_type="application/json")


def _bare() -> Litestar:
    return Litestar(
        [bare],
        logging_config=None,
        openapi_config=None,
        state=State({LIVE: Live(None, None)}),  # type: ignore[arg-type]
    )


def _application(settings: Settings, kind: str) -> Litestar:
    if kind == BARE:
        return _bare()
    if kind == STORES_NOTHING:
        from labeltrust.services import intake  # noqa: PLC0415 - replaced in this process only

        intake.Intake = ForgetfulIntake  # type: ignore[misc]
    return application(replace(build_deployment(settings), apart=Apart()))


def _serve(settings: Settings, pipe: Connection, kind: str) -> None:
    listener = socket.create_server((HOST, 0), backlog=512)
    server = server_of(_application(settings, kind), settings)
    pipe.send(listener.getsockname()[1])
    server.run(sockets=[listener])


@contextmanager
def serving(place: Place, kind: str = REAL) -> Iterator[int]:
    """Run a server process and give its port."""
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_serve, args=(place.settings, theirs, kind))
    process.start()
    port = ours.recv()
    try:
        yield port
    finally:
        process.terminate()
        process.join()


def event(number: int) -> dict[str, object]:
    """Return a label as a platform would send it: 5 labels an item, 1,000 labelers."""
    return {
        "id": f"evt-{number:08d}",
        "type": "label.submitted",
        "project": "fraud",
        "item": f"txn-{number // 5:07d}",
        "labeler": f"labeler-{number * 7919 % 1000:04d}",
        "label": CLASSES[number * 31 % 4],
        "occurred_at": f"2026-11-22T10:{number // 60 % 60:02d}:{number % 60:02d}Z",
        "duration_seconds": 1 + number % 50 / 10,
    }


def requests(key: str, first: int, n: int, events_each: int) -> list[bytes]:
    """Return whole HTTP requests, each with some events of its own."""
    made = []
    for start in range(first, first + n * events_each, events_each):
        events = [event(number) for number in range(start, start + events_each)]
        body = json.dumps(events if events_each > 1 else events[0]).encode()
        head = (
            f"POST /v1/events HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


class _Client(asyncio.Protocol):
    """One connection: the next request goes out when the last answer is complete."""

    def __init__(self, waiting: list[bytes], took: list[float], done: asyncio.Future[None]) -> None:
        self._waiting, self._took, self._done = waiting, took, done
        self._buffer, self._began = b"", 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, gap, body = self._buffer.partition(b"\r\n\r\n")
        if not gap or len(body) < _length(head):
            return
        if not head.startswith(b"HTTP/1.1 202"):
            self._done.set_exception(RuntimeError(self._buffer[:500].decode()))
            return
        self._took.append(time.perf_counter() - self._began)
        self._buffer = b""
        self._next()

    def _next(self) -> None:
        if not self._waiting:
            self._transport.close()
            if not self._done.done():
                self._done.set_result(None)
            return
        self._began = time.perf_counter()
        self._transport.write(self._waiting.pop())  # type: ignore[attr-defined]


def _length(head: bytes) -> int:
    lower = head.lower()
    place = lower.index(b"content-length:") + 15
    return int(lower[place:].split(b"\r\n", 1)[0])


def _load(pipe: Connection, port: int, clients: int) -> None:
    while (wanted := pipe.recv()) is not None:
        pipe.send(uvloop.run(_send(port, wanted, clients)))


async def _send(port: int, wanted: list[bytes], clients: int) -> tuple[float, list[float]]:
    loop = asyncio.get_running_loop()
    waiting, took = wanted[::-1], []
    done = [loop.create_future() for _ in range(clients)]
    began = time.perf_counter()
    for one in done:
        await loop.create_connection(lambda one=one: _Client(waiting, took, one), HOST, port)
    await asyncio.gather(*done)
    return time.perf_counter() - began, took


@contextmanager
def loading(port: int, clients: int) -> Iterator["Load"]:
    """Run the process that sends, so that making requests costs the server nothing."""
    ours, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_load, args=(theirs, port, clients))
    process.start()
    try:
        yield Load(ours)
    finally:
        ours.send(None)
        process.join()


class Load:
    """Sends requests and tells how long they took."""

    def __init__(self, pipe: Connection) -> None:
        """Speak to the sending process."""
        self._pipe = pipe

    def send(self, wanted: Sequence[bytes]) -> tuple[float, list[float]]:
        """Return the seconds of all, and of each."""
        self._pipe.send(list(wanted))
        seconds, took = self._pipe.recv()
        return seconds, sorted(took)
