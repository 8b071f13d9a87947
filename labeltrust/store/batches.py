"""Submissions within one transaction, and what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from labeltrust.domain.events import Outcome, Problem
from labeltrust.store.checks import Draft, Refused, drafts_of, pulls_of
from labeltrust.store.drafts import Packed
from labeltrust.store.known_events import KnownEvent, known_events
from labeltrust.store.pulls import PlainPull
from labeltrust.store.registry import KnownSource, known_sources
from labeltrust.store.repeats import SETTLED, Names, settle, settle_twin, stored_id
from labeltrust.store.statements import Statements


@dataclass(slots=True)
class Batch:
    """One submission within a transaction.

    Attributes:
        strangers: Refusals of events that belong to no project known here.
        pulls: What is to be read from the platform, of projects known here.
        new: The drafts that are not on record and can be taken, once repeats are settled.
        refused: All refusals then, those of the whole delivery first, then by place.
    """

    packed: Packed
    source: KnownSource
    drafts: list[Draft]
    strangers: list[Refused]
    pulls: list[PlainPull]
    new: list[Draft] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    @property
    def is_unreadable(self) -> bool:
        """Whether nothing of the delivery could be read."""
        return any(place is None for place, *_ in self.packed.unread)

    def settled(self) -> None:
        """Part what is new from what is refused."""
        self.new = [
            d for d in self.drafts if d.receipt is None and d.problem is None and d.twin is None
        ]
        own = [Refused(d.problem, d.plain.event_id) for d in self.drafts if d.problem is not None]
        unread = [
            Refused(Problem(index=index, code=code, detail=detail, status=status), None)
            for index, code, detail, status in self.packed.unread
        ]
        every = [*unread, *self.strangers, *own]
        self.refused = sorted(every, key=_place) if every else every

    def quarantined(self) -> list[Refused]:
        """Return the refusals that a later try may mend."""
        return [one for one in self.refused if one.problem.code not in SETTLED]


def _place(refused: Refused) -> int:
    index = refused.problem.index
    return -1 if index is None else index


def batches_of(statements: Statements, deliveries: Sequence[Packed]) -> list[Batch]:
    """Check the events of all deliveries against what their sources may say.

    Raises:
        NotFound: A source is not there.
    """
    projects = {row.project for packed in deliveries for row in packed.rows}
    projects |= {pull.project for packed in deliveries for pull in packed.pulls}
    sources = known_sources(statements, {packed.source for packed in deliveries}, projects)
    batches = []
    for packed in deliveries:
        source = sources[packed.source]
        drafts, strangers = drafts_of(packed, source)
        pulls, refused = pulls_of(packed, source)
        batches.append(Batch(packed, source, drafts, [*strangers, *refused], pulls))
    return batches


def known_deliveries(batches: Sequence[Batch]) -> set[int]:
    """Return the deliveries that brought events which came again: perhaps the very same bytes."""
    drafts = (draft for batch in batches for draft in batch.drafts)
    return {draft.delivery_id for draft in drafts if draft.delivery_id is not None}


def settle_repeats(statements: Statements, batches: Sequence[Batch], names: Names) -> None:
    """Give repeated events their original receipts, and refuse other events under used ids."""
    known = _known(statements, batches, names)
    first: dict[tuple[int, str], Draft] = {}
    for batch in batches:
        source_id = batch.source.id
        of_source = known[source_id]
        for draft in batch.drafts:
            there = of_source.get(draft.stored_id)
            if there is not None:
                settle(statements, draft, there, names, again=batch.packed.delivery_id is not None)
                continue
            twin = first.setdefault((source_id, draft.plain.event_id), draft)
            if twin is not draft and draft.plain.event_id and twin.problem is None:
                settle_twin(draft, twin)
        batch.settled()


def _known(
    statements: Statements, batches: Sequence[Batch], names: Names
) -> dict[int, dict[str, KnownEvent]]:
    wanted: dict[int, set[str]] = {batch.source.id: set() for batch in batches}
    for batch in batches:
        for draft in batch.drafts:
            if draft.plain.is_derived:
                draft.stored_id = stored_id(draft, names)
        wanted[batch.source.id].update([d.stored_id for d in batch.drafts])
    return {number: known_events(statements, number, ids - {""}) for number, ids in wanted.items()}


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
    refused = batch.refused
    return Outcome(
        delivery_id=delivery_id,
        accepted=len(batch.new),
        duplicates=len(kept) - len(batch.new),
        quarantined=len(batch.quarantined()) if refused else 0,
        receipts=kept,
        problems=tuple([one.problem for one in refused]),
        quarantine_id=held.get((delivery_id, None)) if batch.is_unreadable else None,
        doubted=sum([draft.doubted for draft in batch.new]),
        pulls=len(batch.pulls),
    )
