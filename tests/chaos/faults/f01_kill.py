"""F1: kill -9 of everything, or of the server alone, or at a named place of a commit."""

import random
import time

from chaos.oracles import findings
from chaos.plan import Done, Fault, Order, Size
from chaos.process import Running
from chaos.sender import Senders
from chaos.site import Site, fresh_site
from chaos.traffic import Event, batches_of, event_of

_BATCH = 50
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
                _life(site, server, senders, part, (rng, number))
            server.start()
            done.findings += [] if senders.drain() else ["the senders did not come to an end"]
        done.findings += findings(site, server, {event["id"]: event for event in events})
        server.kill()
        done.figures = _figures(site, server, senders)
        done.note(site, "killed at random", "killed at a named place", "sent again after a failure",
                  "duplicate found", "no answer", "healthy again")  # fmt: skip
    return done


def _life(site: Site, server: Running, senders: Senders, part: list[Event], chance: tuple) -> None:
    """Start, send, and die: every third time at a named place of the writer's commit."""
    rng, number = chance
    if number % 3 == 2:
        place = rng.choice(_PLACES)
        server.start(failpoints=f"{place}#{rng.randint(2, 40)}=kill")
        senders.send(list(batches_of(part, _BATCH)))
        if server.ended(20) is not None:
            site.sometimes.saw("killed at a named place")
    else:
        server.start()
        senders.send(list(batches_of(part, _BATCH)))
        time.sleep(rng.uniform(0.05, 1.5))
        site.sometimes.saw("killed at random")
    if rng.random() < 0.3 and server.is_alive:
        server.kill_alone()
        site.sometimes.saw("children outlived the server for a moment")
    server.kill()


def _figures(site: Site, server: Running, senders: Senders) -> dict[str, object]:
    kills = server.lives - 1
    return {"events": len(site.log.intents), "kills": kills, "receipts": len(site.log.receipts)}


FAULT = Fault(
    id="F1",
    title="kill -9 under load",
    run=run,
    small=Size(events=600, rounds=3),
    full=Size(events=20_000, rounds=50),
)
