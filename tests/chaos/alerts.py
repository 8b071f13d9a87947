"""Oracle I8: every alert is kept once and reaches who listens, under one key."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from chaos.site import Site
from receivers import channel, near, receiving

from labeltrust.store.statements import Statements

_PATIENCE_SECONDS = 30.0
_CAUSES = (
    "SELECT c.chain, c.sequence, c.type, count(*) FROM alert_cause c WHERE c.chain <> '' "
    "GROUP BY c.chain, c.sequence, c.type HAVING count(*) > 1"
)
_FACTS = (
    "SELECT e.type, count(*) FROM event e JOIN chain c ON c.id = e.chain_id "
    "WHERE e.type IN ('flag.opened', 'freeze.placed') GROUP BY e.type"
)
_KEPT = (
    "SELECT type, count(*) FROM alert_cause WHERE type IN ('flag.opened', 'freeze.placed') "
    "GROUP BY type"
)


def alert_findings(site: Site) -> Iterator[str]:
    """Yield what is wrong between the history, the outbox and who listened."""
    with site.opened() as deployment, deployment.engine.connect() as connection:
        statements = Statements(connection)
        twice = statements.rows(_CAUSES)
        facts, kept = (Counter(dict(statements.rows(sql))) for sql in (_FACTS, _KEPT))
    if twice:
        yield f"I8 facts stand twice in the outbox: {twice[:3]}"
    if facts != kept:
        yield f"I8 the history says {dict(facts)}, the outbox {dict(kept)}"
    if facts:
        site.sometimes.saw("flag or freeze", sum(facts.values()))
    if site.receiver is not None:
        yield from _heard(site, facts["flag.opened"])


def _heard(site: Site, n_flags: int) -> Iterator[str]:
    """Yield where a flag was told never, or under two keys: repeats carry the key of the first."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline and len(_told(site)) < n_flags:
        time.sleep(0.3)
    told = _told(site)
    if len(told) != n_flags:
        yield f"I8 {n_flags} flags were opened, {len(told)} were told"
    doubled = [place for place, keys in told.items() if len(keys) > 1]
    if doubled:
        yield f"I8 flags were told under more than one key: {doubled[:3]}"
    if told:
        site.sometimes.saw("flag was told", len(told))


def _told(site: Site) -> dict[tuple[str, int], set[str]]:
    """Return the ids of messages by the record of the flag that they speak of."""
    found: dict[tuple[str, int], set[str]] = {}
    for _, headers, body in list(site.receiver.got):
        document = json.loads(body)
        if document["type"] == "flag.opened":
            record = document["data"]["record"]
            place = record["chain"], record["sequence"]
            found.setdefault(place, set()).add(headers["webhook-id"])
    return found


@contextmanager
def listening(site: Site) -> Iterator[dict[str, str]]:
    """Give the site somebody who listens to its alerts, and the settings that a server needs."""
    with receiving() as receiver:
        with site.opened() as deployment:
            channel(near(deployment), "webhook", receiver.url)
        site.receiver = receiver
        yield {"LABELTRUST_UNSAFE_ALERTS": "true"}
