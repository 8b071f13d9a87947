"""F1: kill -9 of everything, or of the server alone, or at a named place of a commit."""

import contextlib
import os
import random
import signal
import time

from chaos.oracles import findings
from chaos.plan import Done, Fault, Order, Size
from chaos.process import STARTS_IN_SECONDS, Running
from chaos.site import Site, fresh_site
from chaos.traffic import batches_of, event_of

_BATCH = 50
_KILLS_A_LIFE = 5
_WANTED = (
    "server killed", "writer killed", "killed at a named place", "sent again after a failure",
    "duplicate found", "no answer", "healthy again",
)  # fmt: skip
_ALONE = 0.5
_PLACES = ("record/begin", "record/before-commit", "record/after-commit")


def run(order: Order) -> Done:
    """Kill as often as asked, sending all the time, then ask the oracles."""
    done, rng = Done(), random.Random(order.seed)
    events = [event_of(order.seed, n) for n in range(order.size.events)]
    share = -(-len(events) // order.size.rounds)
    with fresh_site(order.database, order.seed) as site:
        server = site.running()
        with site.sending(server, again=True) as senders:
            for number, part in enumerate(batches_of(events, share)):
                senders.send(list(batches_of(part, _BATCH)))
                _killed(site, server, rng, number)
            if not server.is_alive:
                server.start()
            done.findings += [] if senders.drain(300) else ["the senders did not come to an end"]
        done.findings += findings(site, server, {event["id"]: event for event in events})
        server.kill()
        done.figures = {"events": len(site.log.intents), "kills": order.size.rounds,
                        "receipts": len(site.log.receipts)}  # fmt: skip
        done.note(site, *_WANTED)
    return done


def _killed(site: Site, server: Running, rng: random.Random, number: int) -> None:
    """Kill the writer some times, then the server; every tenth kill is at a named place."""
    by_name = number % (2 * _KILLS_A_LIFE) == 0
    if not server.is_alive:
        place = f"{rng.choice(_PLACES)}#{rng.randint(2, 40)}=kill"
        # With a place to die at, and senders at the door, it may die before it was seen to live.
        server.start(failpoints=place if by_name else "", wait=not by_name)
    if by_name:
        if server.ended(STARTS_IN_SECONDS) is not None:
            site.sometimes.saw("killed at a named place")
    elif number % _KILLS_A_LIFE < _KILLS_A_LIFE - 1 and _writer_killed(server, rng):
        site.sometimes.saw("writer killed")
        return
    else:
        time.sleep(rng.uniform(0.05, 1.5))
        site.sometimes.saw("server killed")
        if rng.random() < _ALONE:
            server.kill_alone()  # its children are to find out by themselves
    server.kill()


def _writer_killed(server: Running, rng: random.Random) -> bool:
    """Kill the process that commits, as soon as there is one; say whether there was."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        pid = server.writer()
        if pid is not None:
            time.sleep(rng.uniform(0.05, 1.0))
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            return True
        time.sleep(0.05)
    return False


FAULT = Fault(
    id="F1",
    title="kill -9 under load",
    run=run,
    small=Size(events=600, rounds=5),
    full=Size(events=20_000, rounds=50),
)
