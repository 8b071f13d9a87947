"""F3: the disk answers a sync with an error, at each of some positions (strace injects it)."""

import shutil
import time

import httpx
from chaos.faults.f02_synced import traced
from chaos.oracles import findings
from chaos.plan import Done, Fault, Order, Size
from chaos.process import Running
from chaos.site import Site, fresh_site
from chaos.traffic import batches_of, event_of


def run(order: Order) -> Done:
    """Let syncs fail at the first, second, … place while batches come in."""
    done = Done()
    if shutil.which("strace") is None:
        done.skipped = "strace is not installed (apt install strace): NO FAILING DISK WAS TRIED"
        return done
    events = [event_of(order.seed, n) for n in range(order.size.events)]
    share = -(-len(events) // order.size.rounds)
    with fresh_site(order.database, order.seed) as site:
        server = site.running()
        server.start()
        with site.sending(server, connections=2, seconds_between=0.01, again=True) as senders:
            senders.send([[event_of(order.seed, 900_000)]])
            senders.drain()
            for position, part in enumerate(batches_of(events, share), 1):
                with traced(_targets(site, server), site.server_log.parent / "trace",
                            "fdatasync,fsync", "-e", _injection(position)):  # fmt: skip
                    senders.send(list(batches_of(part, 5)))
                    _watched(site, server)
                if site.cluster is not None and not _up(site):
                    site.cluster.start()
            done.findings += [] if senders.drain() else ["the senders did not come to an end"]
        known = {event["id"]: event for event in [*events, event_of(order.seed, 900_000)]}
        done.findings += findings(site, server, known)
        server.kill()
        done.figures = {"positions": order.size.rounds, "refused": senders.refused,
                        "receipts": len(site.log.receipts)}  # fmt: skip
        done.note(site, "refused with Retry-After", "sent again after a failure", "healthy again")
    return done


def _injection(position: int) -> str:
    return f"inject=fdatasync,fsync:error=EIO:when={position}..{position + 1}"


def _targets(site: Site, server: Running) -> list[int]:
    if site.cluster is not None:
        return site.cluster.backends()
    deadline = time.monotonic() + 20
    while (writer := server.writer()) is None and time.monotonic() < deadline:
        time.sleep(0.1)
    return [] if writer is None else [writer]


def _watched(site: Site, server: Running) -> None:
    """Look at health while the disk fails: it must say so where a commit was refused."""
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        try:
            answer = httpx.get(f"{server.url}/health", timeout=10)
            if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                site.sometimes.saw("health said so")
        except httpx.HTTPError:
            site.sometimes.saw("health did not answer")
        time.sleep(0.2)


def _up(site: Site) -> bool:
    """Wait for PostgreSQL to restart itself, as it does after a failed sync."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if site.cluster is not None and site.cluster.is_up:
            return True
        time.sleep(0.2)
    return False


FAULT = Fault(
    id="F3",
    title="syncs fail with EIO",
    run=run,
    small=Size(events=60, rounds=3),
    full=Size(events=1_500, rounds=30),
)
