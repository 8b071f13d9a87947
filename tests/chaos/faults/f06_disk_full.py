"""F6: the disk of the database is full for a while, then it is not.

A small file system of its own where this runs as root; else a limit of the size of files.
"""

import contextlib
import hashlib
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from chaos.cluster import Cluster, running_cluster
from chaos.oracles import findings
from chaos.plan import Done, Fault, Order, Size
from chaos.process import Running
from chaos.sender import Senders
from chaos.site import Site, fresh_site
from chaos.traffic import PROJECT, Event, batches_of, event_of
from factories import owner

from labeltrust.domain.access import KeyDraft
from labeltrust.domain.errors import Busy
from labeltrust.services.create_key import create_key
from labeltrust.services.verify_ledger import verify_ledger

_MEGABYTE = 1_048_576
_WIDTH = 6_000
_PATIENCE_SECONDS = 60.0


def run(order: Order) -> Done:
    """Fill, hold, free; reads and verification go on, and nobody has to mend anything."""
    done = Done()
    with contextlib.ExitStack() as stack:
        try:
            room = 64 if order.database == "sqlite" else 192
            room += order.size.events * _WIDTH * 4 // _MEGABYTE
            small = stack.enter_context(small_disk(room))
        except (subprocess.SubprocessError, OSError) as error:
            small = None
            done.figures["no small disk"] = repr(error)[:60]
        site = stack.enter_context(_site(order, small, stack))
        _ran(site, order, small, done)
    return done


def _site(
    order: Order, small: Path | None, stack: contextlib.ExitStack
) -> contextlib.AbstractContextManager[Site]:
    if order.database == "sqlite":
        return fresh_site("sqlite", order.seed, folder=small)
    folder = None if small is None else small / "pg"
    if folder is not None:
        folder.mkdir()
    options = "-c max_wal_size=48MB -c min_wal_size=32MB -c shared_buffers=16MB"
    return fresh_site(
        "postgresql", order.seed, cluster=stack.enter_context(running_cluster(folder, options))
    )


def _ran(site: Site, order: Order, small: Path | None, done: Done) -> None:
    events = [_wide(event_of(order.seed, n)) for n in range(order.size.events)]
    reader = _reader(site)
    limit = () if small is not None else ("prlimit", f"--fsize={3 * _MEGABYTE}:unlimited")
    server = site.running(before=limit)
    server.start()
    with site.sending(server, connections=4, seconds_between=0.01) as senders:
        parts = list(batches_of(events, 20))
        share = len(parts) // (order.size.rounds + 2)
        senders.send(parts[:share])
        senders.drain()
        for number in range(1, order.size.rounds + 1):
            # New ones: what is known already may need no room.
            fresh = parts[number * share : (number + 1) * share]
            _filled(site, server, senders, fresh, (small, reader, order.size.hold_seconds, done))
        senders.send(parts[(order.size.rounds + 1) * share :])
        done.findings += [] if senders.drain(240) else ["the senders did not come to an end"]
    done.findings += findings(site, server, {event["id"]: event for event in events})
    server.kill()
    done.figures |= {"refused": senders.refused, "receipts": len(site.log.receipts)}
    # PostgreSQL without any room may take no new connection: what was open goes on.
    alone = ("read while full", "verified while full") if site.cluster is None else ()
    done.note(site, "refused with Retry-After", "health said so", "healthy again", *alone)


def _filled(
    site: Site, server: Running, senders: Senders, parts: list[list[Event]], how: tuple
) -> None:
    small, reader, hold, done = how
    stuffing = _fill(small) if small is not None else None
    if small is None:
        _limit(server, 1)
    senders.send(parts)
    before, began = senders.refused, time.monotonic()
    while (held := time.monotonic() - began) < hold or (
        senders.refused == before and held < _PATIENCE_SECONDS
    ):
        _looked(site, server, reader, done)
        time.sleep(0.3)
        if small is not None:
            _fill(small)
    if stuffing is not None:
        stuffing.unlink()
    else:
        _limit(server, 1_000_000)
    if site.cluster is not None and not _up_soon(site.cluster):
        # A full disk of the log of writes stops PostgreSQL; that is right, and a page.
        site.sometimes.saw("PostgreSQL stopped itself")
        site.cluster.start()


def _up_soon(cluster: Cluster) -> bool:
    """Wait for PostgreSQL to take connections again, which it cannot without any room."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if cluster.is_up:
            return True
        time.sleep(0.3)
    return False


def _looked(site: Site, server: Running, reader: str, done: Done) -> None:
    """Ask health, read and verify while there is no room."""
    if site.cluster is not None and not site.cluster.is_up:
        return
    headers = {"authorization": f"Bearer {reader}"}
    health = httpx.get(f"{server.url}/health", timeout=20)
    if health.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        site.sometimes.saw("health said so")
    read = httpx.get(f"{server.url}/v1/projects/{PROJECT}", headers=headers, timeout=20)
    if read.status_code == httpx.codes.OK:
        site.sometimes.saw("read while full")
    elif site.cluster is None:
        done.findings.append(f"F6 a read answered {read.status_code} while full: {read.text[:200]}")
    patient = contextlib.nullcontext() if site.cluster is None else contextlib.suppress(Busy)
    with patient, site.opened() as deployment:
        if verify_ledger(deployment, owner()).ok:
            site.sometimes.saw("verified while full")


def _wide(event: Event) -> Event:
    """Return an event whose content takes room: PostgreSQL presses what repeats itself."""
    text = hashlib.shake_256(event["id"].encode()).hexdigest(_WIDTH // 2)
    return {**event, "content": {"text": text}}


def _reader(site: Site) -> str:
    with site.opened() as deployment:
        return create_key(deployment, owner(), KeyDraft(name="reader", role="auditor")).text


def _fill(small: Path) -> Path:
    """Take all room that is left; also what a checkpoint of PostgreSQL has freed since."""
    stuffing = small / "stuffing"
    file = os.open(stuffing, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for size in (65_536, 512):
        with contextlib.suppress(OSError):
            while True:
                os.write(file, bytes(size))
    os.close(file)
    return stuffing


def _limit(server: Running, megabytes: int) -> None:
    writer = server.writer()
    for pid in (server.pid, *([writer] if writer else [])):
        subprocess.run(
            ["prlimit", f"--fsize={megabytes * _MEGABYTE}:unlimited", "--pid", str(pid)], check=True
        )


@contextlib.contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """Mount a file system of a size in memory.

    Raises:
        OSError: Only root may.
    """
    if os.geteuid() != 0:
        raise PermissionError("only root may mount a small file system")
    with tempfile.TemporaryDirectory(prefix="lt-small-") as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", folder]
        if subprocess.run(mount, check=False, capture_output=True).returncode:
            raise PermissionError("this machine mounts no small file system, not even for root")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


FAULT = Fault(
    id="F6",
    title="the disk is full for a while",
    run=run,
    small=Size(events=600, rounds=1, hold_seconds=3.0),
    full=Size(events=6_000, rounds=2, hold_seconds=60.0),
)
