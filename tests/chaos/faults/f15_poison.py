"""F15: events that make the recorder raise, always; and a job that always fails."""

import random
import time

from chaos.oracles import findings
from chaos.plan import Done, Fault, Order, Size
from chaos.site import Site, fresh_site
from chaos.traffic import Event, batches_of, event_of
from factories import owner

from labeltrust.services.alerting.list_alerts import list_alerts
from labeltrust.store.parking import CODE
from labeltrust.store.quarantine import held_rows
from labeltrust.store.session import reading

_ONE_IN = 400
_FEWEST_TOLD = 20
_SLOW_SECONDS = 150.0


def run(order: Order) -> Done:
    """Send poison among the rest; all else stands, the poison is held, people are told."""
    done, rng = Done(), random.Random(order.seed)
    events = [event_of(order.seed, n) for n in range(order.size.events)]
    n_bad = max(order.size.events // _ONE_IN, _FEWEST_TOLD + 5)
    bad = set(rng.sample(range(len(events)), n_bad))
    sent = [_poisoned(e) if n in bad else e for n, e in enumerate(events)]
    with fresh_site(order.database, order.seed) as site:
        server = site.running()
        server.start(failpoints="record/event@poison=raise")
        with site.sending(server, connections=4) as senders:
            senders.send(list(batches_of(sent, 50)))
            done.findings += [] if senders.drain(900) else ["the senders did not come to an end"]
        done.findings += findings(site, server, {event["id"]: event for event in sent})
        done.findings += _held(site, n_bad)
        done.findings += _told(site)
        server.kill()
        done.figures = {"events": len(events), "poison": n_bad, "held": len(site.log.parked),
                        "receipts": len(site.log.receipts)}  # fmt: skip
        done.note(site, "parked", "people were told")
    return done


def _poisoned(event: Event) -> Event:
    return {**event, "item": f"poison-{event['item']}"}


def _held(site: Site, n_bad: int) -> list[str]:
    with site.opened() as deployment, reading(deployment.engine) as session:
        rows = held_rows(session, status="open", projects=None, limit=10_000)
    held = sum(row.code == CODE for row in rows)
    return [] if held == n_bad == len(site.log.parked) else [f"F15 {held} of {n_bad} are held"]


def _told(site: Site) -> list[str]:
    """Wait for the alert: the watch looks once a minute."""
    deadline = time.monotonic() + _SLOW_SECONDS
    while time.monotonic() < deadline:
        with site.opened() as deployment:
            if any(a.code == "quarantine_growing" for a in list_alerts(deployment, owner())):
                site.sometimes.saw("people were told")
                return []
        time.sleep(1.0)
    return ["F15 nobody was told of the poison"]


FAULT = Fault(
    id="F15",
    title="poison among good events",
    run=run,
    small=Size(events=600, rounds=1),
    full=Size(events=20_000, rounds=1),
)
