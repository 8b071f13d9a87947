"""Rows appended to chains: sequence, leaf, link, in one pass over a transaction's events."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

from labeltrust.domain.events import Receipt
from labeltrust.ledger.canonical import VERSION, Record, canonical_bytes
from labeltrust.ledger.leaf import leaf_hash, next_head
from labeltrust.store.statements import Row, Statements

COLUMNS: Final = (
    "chain_id", "sequence", "version", "type", "source_id", "event_id", "delivery_id", "position",
    "key_id", "actor", "item_alias_id", "labeler_alias_id", "question_id", "replicate", "label",
    "annotation_id", "occurred_us", "revised_us", "received_us", "clock_doubted",
    "duration_seconds", "detail", "parser", "content_digest", "leaf", "previous",
)  # fmt: skip


@dataclass(slots=True)
class _Open:
    """A chain locked by this transaction: its name, next place and head."""

    name: str
    next_sequence: int
    head: bytes


class Ids(msgspec.Struct, frozen=True, gc=False):
    """The row ids of an event whose record holds names: never hashed, so that rows can move."""

    chain: int
    source: int | None = None
    delivery: int | None = None
    item: int | None = None
    labeler: int | None = None
    question: int | None = None


class ChainWriter:
    """Appends to the chains of one transaction; on PostgreSQL other servers wait meanwhile."""

    def __init__(self, statements: Statements, chain_ids: Iterable[int]) -> None:
        """Lock the chains, in the one order that all writers keep."""
        self._statements = statements
        lock = " FOR UPDATE" if statements.is_postgres else ""
        sql = f"SELECT id, name, next_sequence, head FROM chain WHERE id {{in}} ORDER BY id{lock}"  # noqa: S608
        self._chains = {
            number: _Open(name, sequence, head)
            for number, name, sequence, head in statements.rows_in(sql, sorted(set(chain_ids)))
        }
        self._rows: list[Row] = []

    def name(self, chain_id: int) -> str:
        """Return the name of a locked chain."""
        return self._chains[chain_id].name

    def place(self, chain_id: int) -> int:
        """Return the next sequence of a locked chain."""
        return self._chains[chain_id].next_sequence

    def append(self, ids: Ids, record: Record, content: bytes, seconds: float | None) -> Receipt:
        """Append a record, whose chain and sequence are those of `name` and `place`.

        Args:
            ids: Row ids for the names in the record.
            record: What is hashed.
            content: The content digest as bytes; `record.content` is the same in hex.
            seconds: The duration as a number; `record.duration` is its text.
        """
        chain = self._chains[ids.chain]
        previous, sequence = chain.head, record.sequence
        leaf = leaf_hash(canonical_bytes(record))
        self._rows.append(
            (
                ids.chain, sequence, VERSION, record.type, ids.source, record.event, ids.delivery,
                record.position, record.key, record.actor, ids.item, ids.labeler, ids.question,
                record.replicate, record.label, record.annotation, record.occurred, record.revised,
                record.received, record.doubted, seconds, record.detail, record.parser,
                content, leaf, previous,
            )
        )  # fmt: skip
        chain.next_sequence = sequence + 1
        chain.head = next_head(previous, leaf)
        return Receipt(chain=record.chain, sequence=sequence, leaf=leaf.hex())

    def write(self) -> None:
        """Insert the rows and move the heads."""
        self._statements.insert("event", COLUMNS, self._rows)
        heads = [(c.next_sequence, c.head, number) for number, c in self._chains.items()]
        sql = "UPDATE chain SET next_sequence = ?, head = ? WHERE id = ?"
        self._statements.executemany(sql, heads)
        self._rows.clear()
