"""Submissions within one transaction, and what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from labeltrust.domain.events import Outcome
from labeltrust.store.deliveries import Sealed
from labeltrust.store.drafts import Draft, Refused, drafts_of
from labeltrust.store.known_events import KnownEvent, known_events
from labeltrust.store.registry import KnownSource, known_sources
from labeltrust.store.repeats import REUSED, Names, fill_stored_id, settle, settle_twin
from labeltrust.store.statements import Statements


@dataclass(slots=True)
class Batch:
    """One submission within a transaction."""

    sealed: Sealed
    source: KnownSource
    drafts: list[Draft]
    strangers: list[Refused]
    accepted: int = 0
    doubted: int = 0

    @property
    def is_unreadable(self) -> bool:
        """Whether nothing of the delivery could be read."""
        return any(problem.index is None for problem in self.sealed.submission.parsed.problems)

    def new(self) -> list[Draft]:
        """Return the drafts that are not on record and can be taken."""
        return [
            d for d in self.drafts if d.receipt is None and d.problem is None and d.twin is None
        ]

    def take_new(self) -> list[Draft]:
        """Return the same drafts, counted as accepted."""
        new = self.new()
        self.accepted = len(new)
        self.doubted = sum(draft.doubted for draft in new)
        return new

    def refused(self) -> list[Refused]:
        """Return all problems, those of the whole delivery first, then by place."""
        unread = [Refused(p, None) for p in self.sealed.submission.parsed.problems]
        own = [Refused(d.problem, d.event.event_id) for d in self.drafts if d.problem is not None]
        every = [*unread, *self.strangers, *own]
        if every:
            every.sort(key=lambda r: -1 if r.problem.index is None else r.problem.index)
        return every

    def quarantined(self) -> list[Refused]:
        """Return the problems that a later try may mend: all but reused event ids."""
        return [r for r in self.refused() if r.problem.code != REUSED]


def batches_of(statements: Statements, deliveries: Sequence[Sealed]) -> list[Batch]:
    """Check the events of all deliveries against what their sources may say.

    Raises:
        NotFound: A source is not there.
    """
    projects = {e.project for d in deliveries for e in d.submission.parsed.events}
    names = {d.submission.source for d in deliveries}
    sources = known_sources(statements, names, projects)
    batches = []
    for delivery in deliveries:
        source = sources[delivery.submission.source]
        drafts, strangers = drafts_of(delivery.submission, source)
        batches.append(Batch(delivery, source, drafts, strangers))
    return batches


def known_deliveries(batches: Sequence[Batch]) -> set[int]:
    """Return the deliveries that brought events which came again: perhaps the very same bytes."""
    drafts = (draft for batch in batches for draft in batch.drafts)
    return {draft.delivery_id for draft in drafts if draft.delivery_id is not None}


def settle_repeats(statements: Statements, batches: Sequence[Batch], names: Names) -> None:
    """Give repeated events their original receipts, and refuse other events under used ids."""
    for batch in batches:
        for draft in batch.drafts:
            fill_stored_id(draft, names)
    known = _known(statements, batches)
    first: dict[tuple[int, str], Draft] = {}
    for batch in batches:
        of_source = known[batch.source.id]
        for draft in batch.drafts:
            there = of_source.get(draft.stored_id)
            if there is not None:
                settle(statements, draft, there, names)
                continue
            twin = first.setdefault((batch.source.id, draft.event_id), draft)
            if twin is not draft and draft.event_id and twin.problem is None:
                settle_twin(draft, twin)


def _known(statements: Statements, batches: Sequence[Batch]) -> dict[int, dict[str, KnownEvent]]:
    wanted: dict[int, set[str]] = {batch.source.id: set() for batch in batches}
    for batch in batches:
        wanted[batch.source.id].update(d.stored_id for d in batch.drafts if d.stored_id)
    return {number: known_events(statements, number, ids) for number, ids in wanted.items()}


Held = dict[tuple[int, int | None], int]


def outcome_of(batch: Batch, delivery_id: int, held: Held) -> Outcome:
    """Return what became of a submission, once its rows are written.

    Args:
        batch: The submission.
        delivery_id: Its stored delivery.
        held: Ids of quarantine rows by delivery and position.
    """
    receipts = [d.twin.receipt if d.twin else d.receipt for d in batch.drafts]
    kept = tuple([receipt for receipt in receipts if receipt is not None])
    refused = batch.refused()
    return Outcome(
        delivery_id=delivery_id,
        accepted=batch.accepted,
        duplicates=len(kept) - batch.accepted,
        quarantined=sum(r.problem.code != REUSED for r in refused) if refused else 0,
        receipts=kept,
        problems=tuple([r.problem for r in refused]),
        quarantine_id=held.get((delivery_id, None)) if batch.is_unreadable else None,
        doubted=batch.doubted,
    )
