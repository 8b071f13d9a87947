"""Chains and names as they are stored, handed to the ledger's verifier in slices."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine

from labeltrust.ledger.anchors import Anchored, Contradicted
from labeltrust.ledger.canonical import Record
from labeltrust.ledger.verify import Broken, Entry, Head, verify, verify_end
from labeltrust.store.slices import slices
from labeltrust.store.statements import Row, Statements
from labeltrust.store.vault import pseudonym

_SLICE: Final = 2_000
ENTRIES: Final = (
    "SELECT e.version, e.leaf, e.previous, e.actor, e.annotation_id, e.content_digest, d.digest, "
    "e.detail, e.clock_doubted, e.duration_seconds, e.event_id, i.pseudonym, e.key_id, e.label, "
    "l.pseudonym, e.occurred_us, e.parser, e.position, q.name, e.received_us, e.replicate, "
    "e.revised_us, e.sequence, s.name, e.type FROM event e "
    "LEFT JOIN delivery d ON d.id = e.delivery_id LEFT JOIN item_alias i ON i.id = e.item_alias_id "
    "LEFT JOIN labeler_alias l ON l.id = e.labeler_alias_id "
    "LEFT JOIN question q ON q.id = e.question_id LEFT JOIN source s ON s.id = e.source_id "
    "WHERE e.chain_id = ? AND e.sequence > ? AND e.sequence <= ? ORDER BY e.sequence"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredChain:
    """A chain with the head stored beside its records, and the last record there is."""

    id: int
    name: str
    head: Head
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedChain:
    """What verification says of a chain.

    Attributes:
        records: Records that hold, from the first on.
        broken: The first that does not, or None.
        checkpoints: Checkpoints that hold.
        contradicted: The first checkpoint that does not, or None.
        compared: All checkpoints were looked at.
    """

    name: str
    records: int
    head: bytes
    broken: Broken | None
    checkpoints: int = 0
    contradicted: Contradicted | None = None
    compared: bool = False


def stored_chains(engine: Engine) -> list[StoredChain]:
    """Return all chains, by id."""
    sql = (
        "SELECT id, name, next_sequence, head, (SELECT coalesce(max(sequence), 0) FROM event "
        "WHERE chain_id = chain.id) FROM chain ORDER BY id"
    )
    with engine.connect() as connection:
        rows = Statements(connection).rows(sql)
    return [
        StoredChain(id=number, name=name, head=Head(next_sequence=sequence, head=head), last=last)
        for number, name, sequence, head, last in rows
    ]


def verify_chain(
    engine: Engine,
    chain: StoredChain,
    start: Head | None = None,
    *,
    anchored: Anchored | None = None,
    seen: Callable[[list[Row]], None] | None = None,
) -> VerifiedChain:
    """Recompute a chain up to the head it had when it was listed; later records wait.

    Args:
        engine: The database.
        chain: As it was listed.
        start: How far it was verified before; None begins with the first record.
        anchored: Checkpoints to hold it against, where it begins with the first record.
        seen: Given the rows of each slice that holds.
    """
    head = start or Head()
    through = chain.head.next_sequence - 1
    after = head.next_sequence - 1
    grow = None if anchored is None else anchored.add
    for rows in slices(engine, ENTRIES, (chain.id, through), rows=_SLICE, after=after):
        found = verify((entry(chain.name, row) for row in rows), head, grow)
        if isinstance(found, Broken):
            return _result(chain, head, found, anchored)
        head = found
        if seen is not None:
            seen(rows)
    broken = verify_end(chain.name, head, chain.head)
    if chain.last > through:
        reason = "record was added behind the stored head"
        broken = Broken(chain=chain.name, sequence=through + 1, reason=reason)
    if broken is None and anchored is not None:
        anchored.end()
    return _result(chain, head, broken, anchored)


def _result(
    chain: StoredChain, head: Head, broken: Broken | None, anchored: Anchored | None
) -> VerifiedChain:
    good = head.next_sequence - 1 if broken is None else broken.sequence - 1
    return VerifiedChain(
        name=chain.name,
        records=good,
        head=head.head,
        broken=broken,
        checkpoints=0 if anchored is None else anchored.held,
        contradicted=None if anchored is None else anchored.wrong,
        compared=anchored is not None and broken is None,
    )


def entry(chain: str, row: Row) -> Entry:
    """Return the record and hashes of one row of `ENTRIES`."""
    (version, leaf, previous, actor, annotation, content, delivery, detail, doubted, duration,
     event_id, item, key, label, labeler, occurred, parser, position, question, received,
     replicate, revised, sequence, source, kind) = row  # fmt: skip
    record = Record(
        actor, annotation, chain, content.hex(), _hex(delivery), detail, int(doubted),
        None if duration is None else repr(duration), event_id, _hex(item), key, label,
        _hex(labeler), occurred, parser, position, question, received, replicate, revised,
        sequence, source, kind, version,
    )  # fmt: skip
    return Entry(record=record, leaf=leaf, previous=previous)


def _hex(value: bytes | None) -> str | None:
    return None if value is None else value.hex()


def renamed_labelers(engine: Engine) -> Iterator[int]:
    """Yield the alias ids of labelers whose names do not belong to their pseudonyms.

    Somebody who swaps two names in the table of names changes no record; the salt shows it. The
    names of items are looked at with what is kept of them, in `store/kept_items.py`.
    """
    sql = (
        "SELECT id, salt, outside_id, pseudonym FROM labeler_alias "
        "WHERE id > ? AND id <= ? AND salt IS NOT NULL AND outside_id IS NOT NULL"
    )
    with engine.connect() as connection:
        newest = Statements(connection).rows("SELECT max(id) FROM labeler_alias")[0][0] or 0
    for start in range(0, newest, _SLICE):
        with engine.connect() as connection:
            rows = Statements(connection).rows(sql, (start, start + _SLICE))
        yield from (number for number, salt, name, known in rows if pseudonym(salt, name) != known)
