"""Oracles I1 to I5: the history against the sender's log and against what left the machine."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from chaos.site import SOURCE, Site
from chaos.traffic import PROJECT
from factories import owner

from labeltrust.ledger.leaf import next_head
from labeltrust.services.deployment import Deployment
from labeltrust.services.verify_ledger import verify_ledger
from labeltrust.store.statements import Statements

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A record of a source."""

    sequence: int
    event_id: str
    leaf: bytes
    previous: bytes
    is_sent: bool


def rows_of(deployment: Deployment, project: str = PROJECT) -> list[Row]:
    """Return all records of a project's chain."""
    sql = (
        "SELECT e.sequence, e.event_id, e.leaf, e.previous, s.name FROM event e "
        "JOIN chain c ON c.id = e.chain_id LEFT JOIN source s ON s.id = e.source_id "
        "WHERE c.name = ? ORDER BY e.sequence"
    )
    with deployment.engine.connect() as connection:
        found = Statements(connection).rows(sql, (project,))
    return [Row(n, name, leaf, previous, who is not None) for n, name, leaf, previous, who in found]


def history_findings(site: Site) -> Iterator[str]:
    """Yield what is wrong with the history: I1 to I5."""
    with site.opened() as deployment:
        rows = rows_of(deployment)
        yield from _promises(site, rows)
        yield from _numbers(site, rows)
        report = verify_ledger(deployment, owner())
    if not report.ok:
        bad = [f"{c.name}: {c.problem}" for c in report.chains if c.problem]
        yield f"I5 the chain does not verify: {bad or report.renamed}"


def _promises(site: Site, rows: list[Row]) -> Iterator[str]:
    sent = {row.event_id: row for row in rows if row.is_sent}
    receipts = dict(site.log.receipts)
    lost = [name for name in receipts if name not in sent]
    if lost:
        yield f"I1 {len(lost)} of {len(receipts)} receipts are lost: {lost[:_MOST_NAMED]}"
    moved = [
        name
        for name, (sequence, leaf) in receipts.items()
        if name in sent and (sent[name].sequence, sent[name].leaf.hex()) != (sequence, leaf)
    ]
    if moved or site.log.changed:
        yield f"I1 receipts say another place or leaf: {(moved + site.log.changed)[:_MOST_NAMED]}"
    unmeant = [name for name in sent if name not in site.log.intents]
    if unmeant:
        yield f"I2 {len(unmeant)} rows that nobody sent: {unmeant[:_MOST_NAMED]}"


def _numbers(site: Site, rows: list[Row]) -> Iterator[str]:
    often = Counter(row.event_id for row in rows if row.is_sent)
    twice = [name for name, n in often.items() if n > 1]
    if twice:
        yield f"I3 {len(twice)} events stand twice: {twice[:_MOST_NAMED]}"
    gaps = [row.sequence for place, row in enumerate(rows, 1) if row.sequence != place]
    if gaps:
        yield f"I4 the first gap or fork is at {gaps[0]}"
    heads = {row.sequence: next_head(row.previous, row.leaf) for row in rows}
    for sequence, head in site.heads:
        if heads.get(sequence) != head:
            yield f"I5 the head kept outside at {sequence} is not in the history any more"
    if rows:
        site.heads.append((rows[-1].sequence, heads[rows[-1].sequence]))


def sent_rows(site: Site) -> int:
    """Return how many events of the source stand on record."""
    with site.opened() as deployment, deployment.engine.connect() as connection:
        sql = "SELECT count(*) FROM event e JOIN source s ON s.id = e.source_id WHERE s.name = ?"
        return Statements(connection).rows(sql, (SOURCE,))[0][0]
