"""A transaction's drafts, turned into records and appended to their chains."""

from dataclasses import dataclass

import msgspec

from labeltrust.ledger.canonical import Record
from labeltrust.store.batches import Batch
from labeltrust.store.chaining import ChainWriter, Ids
from labeltrust.store.checks import Draft
from labeltrust.store.drafts import Packed
from labeltrust.store.known_events import known_events
from labeltrust.store.registry import KnownSource
from labeltrust.store.repeats import (
    REUSED,
    Names,
    content_digest,
    finding_id,
    shown_digest,
    stored_id,
)
from labeltrust.store.statements import Statements


@dataclass(frozen=True, slots=True)
class Origin:
    """Where events come from: what their records say of source and delivery."""

    packed: Packed
    source: KnownSource
    delivery_id: int
    digest: str


def append_draft(chains: ChainWriter, draft: Draft, origin: Origin, names: Names) -> None:
    """Append one event to its project's chain and give the draft its receipt."""
    plain, packed, source = draft.plain, origin.packed, origin.source
    item, labeler = names.of(draft)
    content = content_digest(plain.said, item, labeler)
    content += shown_digest(plain.content, plain.features, item)
    project, question, seconds = draft.project, draft.question, plain.seconds
    record = Record(
        packed.actor, plain.annotation, project.name, content.hex(), origin.digest, plain.detail,
        int(draft.doubted), None if seconds is None else repr(seconds),
        draft.stored_id or stored_id(draft, names), item.pseudonym, packed.key_id, draft.label,
        labeler.pseudonym, plain.occurred_us, packed.parser, plain.position, question.name,
        draft.received_us, plain.replicate, plain.revised_us, chains.place(project.chain_id),
        source.name, plain.type,
    )  # fmt: skip
    ids = Ids(project.chain_id, source.id, origin.delivery_id, item.id, labeler.id, question.id)
    draft.receipt = chains.append(ids, record, content, seconds)


def append_findings(
    statements: Statements, batch: Batch, chains: ChainWriter, origin: Origin
) -> None:
    """Append what may be a forgery or a fault of the sender: used ids with other content.

    One conflict is one finding, however often the same bytes come.
    """
    digest = batch.packed.digest
    conflicts = {finding_id(d, digest): d for d in batch.drafts if _is_conflict(d)}
    known = known_events(statements, origin.source.id, conflicts)
    for finding, draft in conflicts.items():
        if finding not in known:
            _append_finding(chains, draft, origin, finding)


def _is_conflict(draft: Draft) -> bool:
    return draft.problem is not None and draft.problem.code == REUSED


def _append_finding(chains: ChainWriter, draft: Draft, origin: Origin, finding: str) -> None:
    record = Record(
        chain=draft.project.name,
        delivery=origin.digest,
        detail=msgspec.json.encode({"event_id": draft.plain.event_id}).decode(),
        event=finding,
        key=origin.packed.key_id,
        parser=origin.packed.parser,
        position=draft.plain.position,
        received=draft.received_us,
        sequence=chains.place(draft.project.chain_id),
        source=origin.source.name,
        type="finding.event_id_reused",
    )
    ids = Ids(draft.project.chain_id, origin.source.id, origin.delivery_id)
    chains.append(ids, record, b"", None)
