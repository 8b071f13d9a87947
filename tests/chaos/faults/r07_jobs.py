"""R7: killed before and after each commit of each background job, started again, drained.

The places are not listed by hand: a first life writes down every one that it reaches.
"""

import random
import time
from collections.abc import Iterator

from chaos.alerts import listening
from chaos.oracles import findings
from chaos.plan import Done, Fault, Order, Size
from chaos.process import STARTS_IN_SECONDS
from chaos.rebuilt import settled
from chaos.site import Site, fresh_site
from chaos.traffic import PROJECT, Event, batches_of
from crowds import FLIP, small_crowd

_JOBS = ("assess", "verify", "gates", "snapshot", "alert-route", "alert-send", "alert-watch")
_COMMITS = ("before-commit", "after-commit")


def run(order: Order) -> Done:
    """Find the places, then die at each of them once with a project that has somebody to flag."""
    done, rng = Done(), random.Random(order.seed)
    with fresh_site(order.database, order.seed) as site:
        places = list(_places(site, order))
    chosen = places if order.size.rounds == 0 else rng.sample(places, order.size.rounds)
    for place in chosen:
        _died(place, order, done)
    done.figures = {"places": len(places), "killed at": len(chosen)}
    return done


def _crowd(order: Order) -> list[Event]:
    crowd = small_crowd(FLIP, seed=order.seed, n_items=order.size.events)
    return [_sent(event) for event in crowd.events if event.type == "label.submitted"]


def _sent(event) -> Event:
    return {
        "id": event.event_id, "type": event.type, "project": PROJECT, "item": event.item,
        "labeler": event.labeler, "label": event.label,
    }  # fmt: skip


def _places(site: Site, order: Order) -> Iterator[str]:
    """Yield the commits of jobs that a life without a fault reaches."""
    trace = site.server_log.parent / "places"
    trace.touch()
    server = site.running()
    with listening(site) as url:
        server.start(failpoints=f"trace={trace}", **url)
        with site.sending(server, connections=2) as senders:
            senders.send(list(batches_of(_crowd(order), 100)))
            senders.drain()
            settled(site)
            time.sleep(3.0)
    server.kill()
    reached = {text.partition("#")[0] for text in trace.read_text().splitlines()}
    for place in sorted(reached):
        job, _, where = place.partition("/")
        if job in _JOBS and where in _COMMITS:
            yield place


def _died(place: str, order: Order, done: Done) -> None:
    events = _crowd(order)
    with fresh_site(order.database, order.seed) as site, listening(site) as url:
        server = site.running()
        # Some places are reached before it ever answers.
        server.start(failpoints=f"{place}#1=kill", wait=False, **url)
        server.answers(STARTS_IN_SECONDS)
        with site.sending(server, connections=2) as senders:
            senders.send(list(batches_of(events, 100)))
            if server.ended(120) is not None:
                site.sometimes.saw("killed at a named place")
            else:
                server.kill()
            server.start(**url)
            senders.drain()
            found = findings(site, server, {event["id"]: event for event in events})
        done.findings += [f"{place}: {finding}" for finding in found]
        server.kill()
        done.note(site, "killed at a named place", "frozen labels left out")


FAULT = Fault(
    id="R7",
    title="killed around the commits of jobs",
    run=run,
    small=Size(events=200, rounds=1),
    full=Size(events=200, rounds=0),
)
