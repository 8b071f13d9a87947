"""F8: everything comes one to five times, shuffled, and some of it dated far back."""

import random

from chaos.oracles import findings
from chaos.plan import Done, Fault, Order, Size
from chaos.site import fresh_site
from chaos.traffic import batches_of, dated_back, event_of, muddled


def run(order: Order) -> Done:
    """Send a muddle by eight connections; what stands must be what a clean pass gives."""
    done, rng = Done(), random.Random(order.seed)
    events = dated_back([event_of(order.seed, n) for n in range(order.size.events)], rng)
    sent = muddled(events, rng)
    with fresh_site(order.database, order.seed) as site:
        server = site.running()
        server.start()
        with site.sending(server) as senders:
            senders.send(list(batches_of(sent, 50)))
            done.findings += [] if senders.drain(900) else ["the senders did not come to an end"]
        done.findings += findings(site, server, {event["id"]: event for event in events})
        if len(site.log.receipts) != len(events):
            done.findings.append(f"F8 {len(site.log.receipts)} receipts of {len(events)} events")
        server.kill()
        done.figures = {"events": len(events), "sent": len(sent)}
        done.note(site, "duplicate found", "healthy again")
    return done


FAULT = Fault(
    id="F8",
    title="repeated, shuffled, late",
    run=run,
    small=Size(events=500, rounds=1),
    full=Size(events=20_000, rounds=1),
)
