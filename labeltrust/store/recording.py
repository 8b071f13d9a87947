"""Deliveries and their events into the record: one transaction for any number of submissions."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, Engine

from labeltrust.domain.errors import Busy
from labeltrust.domain.events import Outcome
from labeltrust.failpoints import is_armed, reached, working_on
from labeltrust.store.aliases import AliasBook, Outside
from labeltrust.store.appending import Origin, append_draft, append_findings
from labeltrust.store.batches import (
    Batch,
    batches_of,
    known_deliveries,
    outcome_of,
    settle_repeats,
)
from labeltrust.store.chaining import ChainWriter
from labeltrust.store.checks import Draft
from labeltrust.store.contents import ContentBook
from labeltrust.store.deliveries import DeliveryWriter
from labeltrust.store.drafts import Packed, Submission, pack
from labeltrust.store.gold_changes import leave_changes
from labeltrust.store.installation import EPOCH, installed_value, require_vault
from labeltrust.store.labeler_projects import ProjectBook
from labeltrust.store.parking import parked
from labeltrust.store.pulls import Asked, ask_pulls
from labeltrust.store.repeats import Names
from labeltrust.store.session import bulk_write
from labeltrust.store.statements import Statements
from labeltrust.store.tallies import Sent, add_tallies
from labeltrust.store.vault import Vault
from labeltrust.store.vendors import VendorBook


def _sent(batch: Batch, outcome: Outcome) -> Sent:
    packed = batch.packed
    return Sent(
        source_id=batch.source.id,
        received_at=packed.received_at,
        outcome=outcome,
        again=packed.delivery_id is not None,
        past=packed.past,
    )


def _asked(batches: Sequence[Batch], delivery_ids: Sequence[int]) -> list[Asked]:
    """Return what the deliveries asked to be read from their platforms."""
    return [
        Asked(
            source_id=batch.source.id,
            project_id=batch.source.projects[pull.project].id,
            kind=pull.kind,
            object_id=pull.object_id,
            within=pull.within,
            changed_us=pull.changed_us,
            at=batch.packed.received_at,
            delivery_id=delivery_id,
        )
        for batch, delivery_id in zip(batches, delivery_ids, strict=True)
        for pull in batch.pulls
    ]


class Recorder:
    """Records submissions; remembers names between transactions. One thread at a time uses it."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        """Refuse a database whose data was sealed by another key."""
        require_vault(engine, vault)
        self._engine = engine
        self._vault = vault
        self._items = AliasBook(vault, "item")
        self._labelers = AliasBook(vault, "labeler")
        self._contents, self._vendors = ContentBook(), VendorBook()
        self._projects = ProjectBook()
        self._epoch = ""

    def record(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """Record submissions in one durable transaction, all or none of them.

        Returns:
            What became of each, in their order.

        Raises:
            NotFound: A source is not there.
            Busy: The database cannot take it now; nothing was stored.
        """
        return self.record_packed([pack(submission, self._vault) for submission in submissions])

    def record_packed(self, deliveries: Sequence[Packed]) -> list[Outcome]:
        """Do the same with submissions that were packed elsewhere, under the same master key."""
        deliveries = [self._sealed(packed) for packed in deliveries]
        try:
            with working_on("record"), bulk_write(self._engine) as connection:
                outcomes = self._record(Statements(connection), deliveries)
        except BaseException:
            for book in self._books():
                book.drop()
            raise
        for book in self._books():
            book.keep()
        return outcomes

    def park(self, submission: Submission, error: Exception) -> Outcome:
        """Record what can be recorded of a submission that failed by itself, and hold the rest.

        Raises:
            Exception: The error, where it was raised on purpose.
        """
        return self.park_packed(pack(submission, self._vault), error)

    def park_packed(self, packed: Packed, error: Exception) -> Outcome:
        """Do the same with a submission that was packed elsewhere."""
        return parked(self, packed, error)

    def would_fail(self, packed: Packed) -> bool:
        """Say whether recording a delivery raises, and undo it either way.

        Raises:
            Busy: The database cannot tell now.
        """
        try:
            with working_on("record"), bulk_write(self._engine) as connection:
                self._record(Statements(connection), [self._sealed(packed)])
                connection.rollback()
        except Busy:
            raise
        except Exception:  # noqa: BLE001 - what it raises is what is asked about
            return True
        finally:
            for book in self._books():
                book.drop()
        return False

    def record_within(
        self, connection: Connection, submissions: Sequence[Submission]
    ) -> list[Outcome]:
        """Record submissions as a part of a transaction that somebody else commits or undoes.

        For a recorder used once: what it learns of names may be undone with the transaction.
        """
        packed = [self._sealed(pack(one, self._vault)) for one in submissions]
        try:
            return self._record(Statements(connection), packed)
        finally:
            for book in self._books():
                book.drop()

    def _books(self) -> tuple[AliasBook | ContentBook | VendorBook | ProjectBook, ...]:
        return self._items, self._labelers, self._contents, self._vendors, self._projects

    def _sealed(self, packed: Packed) -> Packed:
        if packed.data_key or packed.delivery_id is not None:
            return packed
        body, data_key = self._vault.seal(packed.body)
        return msgspec.structs.replace(packed, body=body, data_key=data_key)

    def _record(self, statements: Statements, deliveries: Sequence[Packed]) -> list[Outcome]:
        self._forget_after_erasure(statements)
        batches = batches_of(statements, deliveries)
        drafts = [draft for batch in batches for draft in batch.drafts]
        if is_armed():
            for draft in drafts:
                reached("event", draft.plain.item)
        chains = ChainWriter(statements, {d.project.chain_id for d in drafts})
        names = self._names(statements, drafts)
        settle_repeats(statements, batches, names)
        leave_changes(statements, batches, names)
        self._make_names(statements, batches, names)
        unread = {batch.packed.digest for batch in batches if batch.refused}
        writer = DeliveryWriter(statements, len(batches), known_deliveries(batches), unread)
        kept = [self._append(statements, batch, chains, writer, names) for batch in batches]
        held = writer.write()
        ask_pulls(statements, _asked(batches, kept))
        chains.write()
        self._contents.write(statements)
        self._vendors.write(statements)
        self._projects.write(statements)
        outcomes = [outcome_of(batch, at, held) for batch, at in zip(batches, kept, strict=True)]
        told = zip(batches, outcomes, strict=True)
        add_tallies(statements, (_sent(*both) for both in told if both[0].packed.heard))
        return outcomes

    def _forget_after_erasure(self, statements: Statements) -> None:
        epoch = installed_value(statements, EPOCH)
        if epoch != self._epoch:
            for book in self._books():
                book.forget()
            self._epoch = epoch

    def _names(self, statements: Statements, drafts: list[Draft]) -> Names:
        return Names(
            self._items.find(statements, {d.item_key for d in drafts if d.item_key}),
            self._labelers.find(statements, {d.labeler_key for d in drafts if d.labeler_key}),
        )

    def _make_names(self, statements: Statements, batches: list[Batch], names: Names) -> None:
        items: list[Outside] = []
        labelers: list[Outside] = []
        for draft in (draft for batch in batches for draft in batch.new):
            if draft.item_key and draft.item_key not in names.items:
                items.append(Outside(*draft.item_key, project_id=draft.project.id))
            if draft.labeler_key and draft.labeler_key not in names.labelers:
                kind = draft.plain.labeler_kind
                labelers.append(Outside(*draft.labeler_key, labeler_kind=kind))
        names.items.update(self._items.make(statements, items))
        names.labelers.update(self._labelers.make(statements, labelers))

    def _append(
        self, statements: Statements, batch: Batch, chains: ChainWriter,
        writer: DeliveryWriter, names: Names,
    ) -> int:  # fmt: skip
        packed = batch.packed
        delivery_id = writer.keep(packed, batch.source.id)
        origin = Origin(packed, batch.source, delivery_id, packed.digest.hex())
        for draft in batch.new:
            append_draft(chains, draft, origin, names)
            if draft.plain.content or draft.plain.features:
                self._contents.tell(draft, names.of(draft)[0].id, batch.source.id)
            self._projects.tell(draft, names.of(draft)[1].id)
            if draft.plain.detail != "{}":
                self._vendors.tell(draft, names.of(draft)[1].id)
        if batch.refused:
            append_findings(statements, batch, chains, origin)
            writer.quarantine(packed, delivery_id, batch.quarantined())
        return delivery_id
