"""A transaction's drafts, turned into records and appended to their chains."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from labeltrust.ledger.canonical import Record
from labeltrust.store.batches import Batch
from labeltrust.store.chaining import ChainWriter, Ids
from labeltrust.store.drafts import Draft, Submission, detail_text
from labeltrust.store.known_events import known_events
from labeltrust.store.registry import KnownSource
from labeltrust.store.repeats import REUSED, Names, digest_of, fill_stored_id, finding_id
from labeltrust.store.statements import Statements

Hide = Callable[[object], str]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where events come from: what their records say of source and delivery."""

    submission: Submission
    source: KnownSource
    delivery_id: int
    digest: str


def append_draft(
    chains: ChainWriter, draft: Draft, origin: Origin, names: Names, hide: Hide
) -> None:
    """Append one event to its project's chain and give the draft its receipt."""
    event, submission, source = draft.event, origin.submission, origin.source
    item, labeler = names.of(draft)
    content = digest_of(draft, names)
    if not draft.stored_id:
        fill_stored_id(draft, names)
    chain_id = draft.project.chain_id
    seconds = None if event.duration_seconds is None else float(event.duration_seconds)
    record = Record(
        submission.actor, event.annotation_id, draft.project.name, content.hex(), origin.digest,
        detail_text(event, hide), int(draft.doubted), None if seconds is None else repr(seconds),
        draft.stored_id, item.pseudonym, submission.key_id, draft.label,
        labeler.pseudonym, draft.occurred_us, submission.parser, draft.position,
        draft.question.name, draft.received_us, event.replicate,
        draft.revised_us, chains.place(chain_id), source.name, event.type,
    )  # fmt: skip
    ids = Ids(
        chain_id, source.id, origin.delivery_id, item.id, labeler.id,
        draft.question.id,
    )  # fmt: skip
    draft.receipt = chains.append(ids, record, content, seconds)


def append_findings(
    statements: Statements, batch: Batch, chains: ChainWriter, origin: Origin
) -> None:
    """Append what may be a forgery or a fault of the sender: used ids with other content.

    One conflict is one finding, however often the same bytes come.
    """
    digest = batch.sealed.digest
    conflicts = {finding_id(d, digest): d for d in batch.drafts if _is_conflict(d)}
    if not conflicts:
        return
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
        detail=msgspec.json.encode({"event_id": draft.event_id}).decode(),
        event=finding,
        key=origin.submission.key_id,
        parser=origin.submission.parser,
        position=draft.position,
        received=draft.received_us,
        sequence=chains.place(draft.project.chain_id),
        source=origin.source.name,
        type="finding.event_id_reused",
    )
    ids = Ids(draft.project.chain_id, origin.source.id, origin.delivery_id)
    chains.append(ids, record, b"", None)
