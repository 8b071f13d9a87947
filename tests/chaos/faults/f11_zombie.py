"""F11: a worker is stopped in the middle of its job, another takes over, the first wakes up.

On SQLite there is never a second worker (F10); there the fence is tested between two claims of one
process, in `tests/integration/test_jobs.py`.
"""

import signal
import time

from chaos.oracles import findings
from chaos.plan import Done, Fault, Order, Size
from chaos.process import Running
from chaos.rebuilt import settled
from chaos.site import Site, fresh_site
from chaos.traffic import batches_of, event_of

from labeltrust.store.statements import Statements

_LEASE_SECONDS = 2.0
_LOST = "was lost to another worker"


def run(order: Order) -> Done:
    """Stop the holder of an assessment just before it writes, for three leases."""
    done = Done()
    events = [event_of(order.seed, n) for n in range(order.size.events)]
    share = -(-len(events) // order.size.rounds)
    with fresh_site(order.database, order.seed) as site:
        site.more = {"LABELTRUST_LEASE_SECONDS": str(_LEASE_SECONDS)}
        server = site.running(LABELTRUST_EMBEDDED_WORKER="false")
        server.start()
        with site.sending(server, connections=2) as senders:
            for part in batches_of(events, share):
                senders.send(list(batches_of(part, 50)))
                senders.drain()
                done.findings += _round(site)
        worker = site.running("worker")
        worker.start()
        done.findings += findings(site, server, {event["id"]: event for event in events})
        worker.kill()
        server.kill()
        done.figures = {"rounds": order.size.rounds, "takeovers": site.sometimes.seen["takeover"],
                        "refused by fence": site.sometimes.seen["fence refused"]}  # fmt: skip
        done.note(site, "stopped at work", "takeover", "fence refused")
    return done


def _round(site: Site) -> list[str]:
    asleep, awake = site.running("worker"), site.running("worker")
    asleep.start(failpoints="assess/begin#2=stop")
    try:
        if not _until(asleep.is_stopped, 90):
            return ["F11 the worker did not come to its job"]
        site.sometimes.saw("stopped at work")
        before, said = _assessments(site), _said(site)
        awake.start()
        if not settled(site, 120):
            return ["F11 nobody took the job of a worker that sleeps"]
        site.sometimes.saw("takeover")
        after = _assessments(site)
        awake.kill()
        asleep.signal(signal.SIGCONT)
        if not _until(lambda: _said(site) > said, 60):
            return ["F11 the worker that woke up was not refused"]
        site.sometimes.saw("fence refused")
        late = _assessments(site)
        return [] if late == after else [f"F11 it wrote all the same: {before}, {after}, {late}"]
    finally:
        _ended(asleep)
        _ended(awake)


def _ended(worker: Running) -> None:
    worker.signal(signal.SIGKILL)


def _said(site: Site) -> int:
    return site.server_log.read_text(errors="replace").count(_LOST)


def _assessments(site: Site) -> list[tuple]:
    with site.opened() as deployment, deployment.engine.connect() as connection:
        return Statements(connection).rows("SELECT events_through, created_at FROM assessment")


def _until(condition, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


FAULT = Fault(
    id="F11",
    title="a worker sleeps past its lease",
    run=run,
    small=Size(events=60, rounds=1),
    full=Size(events=1_000, rounds=20),
    databases=("postgresql",),
)
