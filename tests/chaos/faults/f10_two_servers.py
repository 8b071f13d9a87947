"""F10: two servers on one PostgreSQL, killed in turn; on SQLite the second one refuses."""

import json
import random
import time
from itertools import pairwise

from chaos.oracles import findings
from chaos.plan import Done, Fault, Order, Size
from chaos.process import Running
from chaos.site import Site, fresh_site
from chaos.traffic import batches_of, event_of

from labeltrust.store.statements import Statements

_REFUSED = 2


def run(order: Order) -> Done:
    """Send to both servers while one after the other dies."""
    done = Done()
    with fresh_site(order.database, order.seed) as site:
        if order.database == "sqlite":
            _refused(site, done)
        else:
            _rolling(site, order, done)
    return done


def _refused(site: Site, done: Done) -> None:
    first, second = site.running(), site.running()
    first.start()
    for command in (second, site.running("worker")):
        command.start(wait=False)
        code = command.ended(60)
        if code != _REFUSED:
            done.findings.append(f"F10 a second {command.command[0]} ended with {code}, not 2")
            command.kill()
        else:
            site.sometimes.saw("second refused")
    if first.healthy(30) is None:
        done.findings.append("F10 the first server is not healthy any more")
    first.kill()
    second.start()  # the kernel freed the lock with its holder
    second.kill()
    done.figures = {"refused": site.sometimes.seen["second refused"]}
    done.note(site, "second refused")


def _rolling(site: Site, order: Order, done: Done) -> None:
    rng = random.Random(order.seed)
    events = [event_of(order.seed, n) for n in range(order.size.events)]
    servers = [site.running(), site.running()]
    _both(servers)
    share = -(-len(events) // (order.size.rounds + 1))
    with site.sending(*servers, again=True) as senders:
        for number, part in enumerate(batches_of(events, share)):
            senders.send(list(batches_of(part, 50)))
            time.sleep(rng.uniform(0.2, 1.0))
            if number < order.size.rounds:
                servers[number % 2].kill()
                site.sometimes.saw("server killed beside another")
                servers[number % 2].start()
        done.findings += [] if senders.drain(600) else ["the senders did not come to an end"]
    done.findings += findings(site, servers[0], {event["id"]: event for event in events})
    codes = migrated_twice(site)
    done.findings += [] if codes == [0, 0] else [f"F10 of two that migrate one ended {codes}"]
    done.findings += _once(site)
    for server in servers:
        server.kill()
    done.figures = {"events": len(events), "kills": order.size.rounds,
                    "receipts": len(site.log.receipts)}  # fmt: skip
    done.note(site, "server killed beside another", "duplicate found", "sent again after a failure")


def _both(servers: list[Running]) -> None:
    """Start both at the same moment."""
    for server in servers:
        server.start(wait=False)
    for server in servers:
        assert server.answers(120), server.log.read_text()[-2000:]


def _once(site: Site) -> list[str]:
    """Return what was assessed twice: one result of a project put on record two times running."""
    sql = (
        "SELECT chain_id, detail FROM event WHERE type = 'assessment.made' "
        "ORDER BY chain_id, sequence"
    )
    with site.opened() as deployment, deployment.engine.connect() as connection:
        rows = Statements(connection).rows(sql)
    made = [(chain, json.loads(detail)["sha256"]) for chain, detail in rows]
    if not made:
        return ["F10 nothing was assessed, so nothing was proved"]
    twice = [one for one, other in pairwise(made) if one == other]
    return [f"F10 results that stand twice: {twice[:3]}"] if twice else []


def migrated_twice(site: Site) -> list[int]:
    """Migrate one empty database by two processes at the same moment; return their exit codes."""
    assert site.cluster is not None
    url = site.cluster.create(f"empty_{site.home.parent.name[-6:].lower()}")
    commands = [site.running("migrate", LABELTRUST_DATABASE_URL=url) for _ in range(2)]
    for command in commands:
        command.start(wait=False)
    codes = [command.ended(120) for command in commands]
    return [-1 if code is None else code for code in codes]


FAULT = Fault(
    id="F10",
    title="two servers, one database",
    run=run,
    small=Size(events=400, rounds=2),
    full=Size(events=30_000, rounds=20),
)
