"""Sockets that trickle, while others are served: answers, time, memory; `make forged` in full.

The short form looks at answers and memory; time is judged where the machine is for this alone.
"""

import asyncio
import contextlib
import itertools
import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import numpy as np
import pytest
from effort import effort, figure
from factories import owner
from servers import children_of, serving

from labeltrust.domain.access import KeyDraft, SourceDraft
from labeltrust.services.add_source import add_source
from labeltrust.services.create_key import create_key
from labeltrust.settings import Settings

IS_LONG = effort(1) > 1
SOCKETS, SECONDS, A_SECOND = (200, 60.0, 50) if IS_LONG else (20, 3.0, 20)
MOST_MIB = 50
# A byte each half second: cut off after ten seconds, and there again at once.
PAUSE_SECONDS = 0.5
_CHUNKED = "Transfer-Encoding: chunked"
# Background work takes memory of its own, which is not what is weighed here.
ALONE = {"LABELTRUST_EMBEDDED_WORKER": "false"}


@pytest.fixture
def settings(sqlite_template, tmp_path):
    """One database is enough: sockets behave alike over every one."""
    shutil.copy(sqlite_template, tmp_path / "labeltrust.db")
    return Settings(home=tmp_path)


@pytest.fixture
def key(deployment, fraud):
    add_source(
        deployment, owner(), SourceDraft(name="acme", platform="generic", projects=("fraud",))
    )
    made = create_key(deployment, owner(), KeyDraft(name="k", role="source", source="acme"))
    deployment.engine.dispose()
    return made.text


@dataclass
class Seen:
    """What was seen of the good and of the slow."""

    statuses: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    opened: int = 0
    cut_off: int = 0


def resident(pid: int) -> int:
    """Return what a process and its children hold in memory, in bytes."""
    found = 0
    for number in (pid, *children_of(pid)):
        with contextlib.suppress(OSError, TypeError):
            status = Path(f"/proc/{number}/status").read_text()
            found += int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1_024
    return found


def beginnings(key: str) -> list[bytes]:
    """A head that never ends, and bodies of someone proven, of a webhook, of a chunked sender."""
    proof = f"Authorization: Bearer {key}\r\n"
    return [
        b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Filler: ",
        f"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n{proof}\r\n".encode(),
        b"POST /webhooks/acme HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n",
        f"POST /v1/events HTTP/1.1\r\nHost: x\r\n{proof}{_CHUNKED}\r\n\r\n384\r\n".encode(),
    ]


async def trickled(address: tuple[str, int], beginning: bytes, seen: Seen) -> None:
    """Open a socket and send it a byte now and then; open another once it is cut off."""
    while True:
        reader, writer = await asyncio.open_connection(*address)
        seen.opened += 1
        ended = asyncio.create_task(reader.read())
        try:
            writer.write(beginning)
            while not ended.done():
                writer.write(b"x")
                await writer.drain()
                await asyncio.wait({ended}, timeout=PAUSE_SECONDS)
            seen.cut_off += 1
        except ConnectionError:
            seen.cut_off += 1
        finally:
            ended.cancel()
            writer.close()


async def good(client: httpx.AsyncClient, n: int, due: float, seen: Seen) -> None:
    """Send one event; its time runs from when it was due, so that waiting to send counts."""
    event = {"id": f"e{n}", "type": "label.submitted", "project": "fraud", "item": f"i{n}",
             "labeler": "a", "label": "x"}  # fmt: skip
    answer = await client.post("/v1/events", json=event)
    seen.statuses.append(answer.status_code)
    seen.seconds.append(asyncio.get_running_loop().time() - due)


async def served(client, seconds: float, numbers, seen: Seen, pid: int) -> None:
    """Send good events at their times, whether earlier ones were answered or not."""
    loop = asyncio.get_running_loop()
    began, sent = loop.time(), []
    for n in range(int(seconds * A_SECOND)):
        due = began + n / A_SECOND
        await asyncio.sleep(max(0.0, due - loop.time()))
        sent.append(asyncio.create_task(good(client, next(numbers), due, seen)))
        if n % A_SECOND == 0:
            seen.memory.append(resident(pid))
    await asyncio.gather(*sent)


async def watched(server, key: str) -> tuple[Seen, Seen]:
    """Serve alone, then beside slow sockets; return what was seen of each time."""
    alone, beside = Seen(), Seen()
    parts, numbers = urlsplit(server.url), itertools.count()
    address = (parts.hostname, parts.port)
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30) as client:
        await served(client, 1.0, numbers, Seen(), server.process.pid)  # what the first ones load
        await served(client, max(1.0, SECONDS / 6), numbers, alone, server.process.pid)
        kinds = itertools.cycle(beginnings(key))
        slow = [asyncio.create_task(trickled(address, next(kinds), beside)) for _ in range(SOCKETS)]
        await served(client, SECONDS, numbers, beside, server.process.pid)
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
    return alone, beside


def test_slow_sockets_do_not_keep_others_out(settings, key):
    patience = {"LABELTRUST_BODY_TIMEOUT_SECONDS": "10" if IS_LONG else "1"}
    with serving(settings, **ALONE, **patience) as server:
        alone, beside = asyncio.run(watched(server, key))
        assert server.process.poll() is None

    p99, before = (float(np.quantile(one.seconds, 0.99)) for one in (beside, alone))
    load = os.getloadavg()[0]
    grown = (max(beside.memory) - max(alone.memory)) / 2**20
    figure(
        f"slow sockets: {SOCKETS} for {SECONDS:.0f} s, {beside.opened} opened, {beside.cut_off} "
        f"cut off; {len(beside.statuses)} good requests, 99 % within {p99:.3f} s ({before:.3f} s "
        f"before), memory {grown:+.1f} MiB; load {load:.1f} of {os.cpu_count()}"
    )
    assert set(alone.statuses) | set(beside.statuses) == {202}
    assert beside.opened >= SOCKETS
    assert beside.cut_off > 0
    assert grown < MOST_MIB
    # The test itself takes one processor and a half: beyond that others were there, too.
    assert not IS_LONG or p99 < 1.0 or load > (os.cpu_count() or 1) + 1
