"""F5: PostgreSQL is restarted, fast and at once; a backend and the postmaster are killed."""

import random
import time
from collections.abc import Callable

from chaos.cluster import Cluster
from chaos.oracles import findings
from chaos.plan import Done, Fault, Order, Size
from chaos.sender import Senders
from chaos.site import Site, fresh_site
from chaos.traffic import batches_of, event_of

_HEALS_IN_SECONDS = 15.0
_WAYS: dict[str, Callable[[Cluster], None]] = {
    "restart fast": lambda cluster: cluster.restart("fast"),
    "restart immediate": lambda cluster: cluster.restart("immediate"),
    "kill a backend": Cluster.kill_backend,
    "kill the postmaster": Cluster.kill_postmaster,
}


def run(order: Order) -> Done:
    """Do each as often as asked while batches come in."""
    done, rng = Done(), random.Random(order.seed)
    ways = [way for way in _WAYS for _ in range(order.size.rounds)]
    rng.shuffle(ways)
    events = [event_of(order.seed, n) for n in range(order.size.events)]
    share = -(-len(events) // len(ways))
    healed = []
    with fresh_site(order.database, order.seed) as site:
        server = site.running()
        server.start()
        with site.sending(server, connections=4, again=True) as senders:
            for way, part in zip(ways, batches_of(events, share), strict=True):
                senders.send(list(batches_of(part, 20)))
                time.sleep(rng.uniform(0.1, 0.8))
                assert site.cluster is not None
                _WAYS[way](site.cluster)
                site.sometimes.saw(way)
                healed.append(_healed(site, senders))
            done.findings += [] if senders.drain() else ["the senders did not come to an end"]
        slow = [took for took in healed if took > _HEALS_IN_SECONDS]
        if slow:
            done.findings.append(f"F5 the pool healed only after {max(slow):.1f} s")
        done.findings += findings(site, server, {event["id"]: event for event in events})
        server.kill()
        done.figures = {"restarts": len(ways), "slowest heal s": round(max(healed), 1),
                        "receipts": len(site.log.receipts), "refused": senders.refused}  # fmt: skip
        done.note(site, *_WAYS, "refused with Retry-After", "sent again after a failure")
    return done


def _healed(site: Site, senders: Senders) -> float:
    """Wait for the next good answer after the database takes connections again; return seconds."""
    deadline = time.monotonic() + 60
    while site.cluster is not None and not site.cluster.is_up and time.monotonic() < deadline:
        time.sleep(0.05)
    began, before = time.monotonic(), senders.answered
    while senders.answered == before and time.monotonic() < deadline:
        time.sleep(0.02)
    return time.monotonic() - began


FAULT = Fault(
    id="F5",
    title="PostgreSQL restarts and dies",
    run=run,
    small=Size(events=200, rounds=1),
    full=Size(events=8_000, rounds=10),
    databases=("postgresql",),
)
