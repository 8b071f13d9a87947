"""Events that are on record already: an event id counts once for each source, for ever."""

from collections.abc import Iterable
from dataclasses import dataclass

from labeltrust.domain.events import Receipt
from labeltrust.store.statements import Statements


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """What must be equal for a repeated event id to be the same event, and its receipt."""

    receipt: Receipt
    digest: bytes
    item_alias_id: int | None
    labeler_alias_id: int | None
    delivery_id: int | None


_KNOWN = (
    "SELECT e.event_id, c.name, e.sequence, e.leaf, e.content_digest, e.item_alias_id, "
    "e.labeler_alias_id, e.delivery_id FROM event e JOIN chain c ON c.id = e.chain_id "
    "WHERE e.source_id = ? AND e.event_id {in}"
)


def known_events(
    statements: Statements, source_id: int, event_ids: Iterable[str]
) -> dict[str, KnownEvent]:
    """Return those of some event ids of a source that are on record."""
    return {
        event_id: KnownEvent(Receipt(chain=chain, sequence=sequence, leaf=leaf.hex()), *rest)
        for event_id, chain, sequence, leaf, *rest in statements.rows_in(
            _KNOWN, event_ids, (source_id,)
        )
    }


def is_erased(statements: Statements, known: KnownEvent) -> bool:
    """Say whether a name of a known event was erased: what it said can then not be compared."""
    for table, alias_id in (("item", known.item_alias_id), ("labeler", known.labeler_alias_id)):
        if alias_id is None:
            continue
        sql = f"SELECT salt IS NULL FROM {table}_alias WHERE id = ?"  # noqa: S608 - constants
        if statements.rows(sql, (alias_id,))[0][0]:
            return True
    return False
