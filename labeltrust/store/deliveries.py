"""Sealed originals, and the quarantine of what could not be read in them."""

import json
from collections.abc import Iterable, Sequence

from labeltrust.store.checks import Refused
from labeltrust.store.drafts import Packed, told
from labeltrust.store.statements import Row, Statements

_COLUMNS = (
    "id", "source_id", "key_id", "received_at", "digest", "size", "headers", "parser", "body",
    "data_key", "import_id",
)  # fmt: skip
_QUARANTINE = (
    "id", "delivery_id", "position", "digest", "event_id", "code", "detail", "status",
    "created_at",
)  # fmt: skip


class DeliveryWriter:
    """Keeps the deliveries of one transaction; what is the same to the last byte is kept once."""

    def __init__(
        self, statements: Statements, n: int, known: Iterable[int], unread: Iterable[bytes]
    ) -> None:
        """Find those on record, and number the others.

        Args:
            statements: The transaction's.
            n: How many came.
            known: Ids of deliveries that brought some of their events before.
            unread: Digests of those of which something must be held: it may be held already.
        """
        self._statements = statements
        sql = "SELECT delivery_id FROM quarantine WHERE digest {in}"
        held = {row[0] for row in statements.rows_in(sql, unread)}
        self._known = self._find({*known, *held})
        self._rows: list[Row] = []
        self._quarantine: list[Row] = []
        self._ids = iter(statements.next_ids("delivery", n))

    def _find(self, candidates: set[int]) -> dict[tuple[int, bytes, str], int]:
        sql = (
            "SELECT source_id, digest, headers, id FROM delivery "
            "WHERE erased_at IS NULL AND body IS NOT NULL AND id {in}"
        )
        return {
            (source_id, digest, told(json.loads(headers))): number
            for source_id, digest, headers, number in self._statements.rows_in(sql, candidates)
        }

    def keep(self, packed: Packed, source_id: int) -> int:
        """Return the id of a delivery, kept now or before."""
        if packed.delivery_id is not None:
            return packed.delivery_id
        same = (source_id, packed.digest, packed.told)
        if same in self._known:
            return self._known[same]
        number = self._known[same] = next(self._ids)
        self._rows.append(
            (
                number, source_id, packed.key_id, self._statements.time(packed.received_at),
                packed.digest, packed.size, packed.headers, packed.parser, packed.body,
                packed.data_key, packed.import_id,
            )
        )  # fmt: skip
        return number

    def quarantine(self, packed: Packed, delivery_id: int, refused: Sequence[Refused]) -> None:
        """Hold events, or a whole delivery, until somebody retries or discards them."""
        at = self._statements.time(packed.received_at)
        for one in refused:
            p = one.problem
            held = (p.index, packed.digest, one.event_id, p.code, p.detail, "open", at)
            self._quarantine.append((None, delivery_id, *held))

    def write(self) -> dict[tuple[int, int | None], int]:
        """Insert everything; return the ids of quarantine rows by delivery and position."""
        self._statements.insert("delivery", _COLUMNS, self._rows)
        if not self._quarantine:
            return {}
        there = self._held({row[1] for row in self._quarantine})
        new = [row for row in self._quarantine if (row[1], row[2]) not in there]
        ids = self._statements.next_ids("quarantine", len(new))
        rows = [(number, *row[1:]) for number, row in zip(ids, new, strict=True)]
        self._statements.insert("quarantine", _QUARANTINE, rows)
        return there | {(row[1], row[2]): row[0] for row in rows}

    def _held(self, delivery_ids: set[int]) -> dict[tuple[int, int | None], int]:
        """Return what is held already: a file that comes again opens no discarded row again."""
        old = delivery_ids - {row[0] for row in self._rows}
        sql = "SELECT delivery_id, position, id FROM quarantine WHERE delivery_id {in}"
        return {(d, p): number for d, p, number in self._statements.rows_in(sql, old)}
