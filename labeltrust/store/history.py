"""Decisions appended to history: one gapless, hashed record each, in the caller's transaction.

A project's chain bears its name. In one unit of work append to it before `system`: all writers
lock in that order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import insert, text, update
from sqlmodel import Session, col, select

from labeltrust.domain.alerts import CAUSES
from labeltrust.domain.clock import microseconds
from labeltrust.domain.events import Receipt
from labeltrust.ledger.canonical import VERSION, Record, canonical_bytes
from labeltrust.ledger.leaf import START, leaf_hash, next_head
from labeltrust.store.alert_causes import keep_cause
from labeltrust.store.tables import Chain, Delivery, Event, ItemAlias, LabelerAlias, Source

SYSTEM = "system"
_detail = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a decision is about, besides its detail: row ids, and None where it does not apply."""

    source_id: int | None = None
    item_alias_id: int | None = None
    labeler_alias_id: int | None = None
    delivery_id: int | None = None


NOTHING_ELSE = About()


def append(  # noqa: PLR0913 - one keyword a fact of the record
    session: Session,
    *,
    chain: str,
    type: str,  # noqa: A002 - the record's own word
    actor: str,
    at: datetime,
    detail: Mapping[str, Any],
    about: About = NOTHING_ELSE,
) -> Receipt:
    """Append one decision to a chain, made if it is new, and return its receipt.

    What concerns people on call goes into the outbox of alerts in the same transaction. Names of
    labelers and items do not belong in the detail: it cannot be erased. Name them by id.

    Args:
        session: The unit of work in which the decision takes effect.
        chain: `system`, or the name of a project.
        type: What was decided, past tense: `flag.confirmed`, `key.created`.
        actor: Name of the principal.
        at: When, aware.
        detail: Plain JSON values; keys are sorted.
        about: Rows that the decision is about; their pseudonyms go into the hash.
    """
    row = _locked_chain(session, chain)
    said = _detail(detail).decode()
    values = {
        "chain_id": row.id, "sequence": row.next_sequence, "version": VERSION, "type": type,
        "actor": actor, "source_id": about.source_id, "item_alias_id": about.item_alias_id,
        "labeler_alias_id": about.labeler_alias_id, "delivery_id": about.delivery_id,
        "replicate": 0, "received_us": microseconds(at), "clock_doubted": False,
        "detail": said, "parser": "", "content_digest": b"", "previous": row.head,
    }  # fmt: skip
    record = _record(session, chain, values)
    leaf = leaf_hash(canonical_bytes(record))
    session.execute(insert(Event).values(**values, leaf=leaf))
    head = next_head(row.head, leaf)
    moved = update(Chain).where(col(Chain.id) == row.id)
    session.execute(moved.values(next_sequence=row.next_sequence + 1, head=head))
    if type in CAUSES:
        keep_cause(
            session,
            type,
            at,
            detail,
            source_id=about.source_id,
            labeler_id=about.labeler_alias_id,
            chain=(row.id, chain, row.next_sequence),
        )
    return Receipt(chain=chain, sequence=row.next_sequence, leaf=leaf.hex())


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedChain:
    """A chain whose next place is ours until the transaction ends."""

    id: int
    next_sequence: int
    head: bytes


def hold_chain(session: Session, chain: str) -> None:
    """Wait for whoever appends to a chain now, and keep others waiting until the end of this.

    What is read afterwards is still so when the own records are appended.
    """
    _locked_chain(session, chain)


def _locked_chain(session: Session, name: str) -> LockedChain:
    wanted = select(col(Chain.id), col(Chain.next_sequence), col(Chain.head))
    wanted = wanted.where(col(Chain.name) == name).with_for_update()
    found = session.execute(wanted).first()
    if found is None:
        # Another server may make it in the same moment; then this waits, and finds it.
        made = text(
            "INSERT INTO chain (name, next_sequence, head) VALUES (:name, 1, :head) "
            "ON CONFLICT (name) DO NOTHING"
        )
        session.execute(made, {"name": name, "head": START})
        found = session.execute(wanted).one()
    return LockedChain(id=found[0], next_sequence=found[1], head=found[2])


def _record(session: Session, chain: str, values: Mapping[str, Any]) -> Record:
    source = values["source_id"]
    return Record(
        actor=values["actor"],
        chain=chain,
        delivery=_digest(session, values["delivery_id"]),
        detail=values["detail"],
        item=_pseudonym(session, ItemAlias, values["item_alias_id"]),
        labeler=_pseudonym(session, LabelerAlias, values["labeler_alias_id"]),
        received=values["received_us"],
        sequence=values["sequence"],
        source=_source_name(session, source),
        type=values["type"],
    )


def _pseudonym(
    session: Session, table: type[ItemAlias] | type[LabelerAlias], alias_id: int | None
) -> str | None:
    if alias_id is None:
        return None
    wanted = select(col(table.pseudonym)).where(col(table.id) == alias_id)
    return session.exec(wanted).one().hex()


def _digest(session: Session, delivery_id: int | None) -> str | None:
    if delivery_id is None:
        return None
    wanted = select(col(Delivery.digest)).where(col(Delivery.id) == delivery_id)
    return session.exec(wanted).one().hex()


def _source_name(session: Session, source_id: int | None) -> str | None:
    if source_id is None:
        return None
    return session.exec(select(col(Source.name)).where(col(Source.id) == source_id)).one()
