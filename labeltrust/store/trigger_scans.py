"""The items of new events and what they hold, read in slices for whoever looks for patterns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from labeltrust.store.statements import Row, Statements

SLICE_EVENTS: Final = 10_000
_ITEMS = (
    "SELECT DISTINCT item_alias_id FROM event WHERE chain_id = ? AND sequence > ? "
    "AND sequence <= ? AND item_alias_id IS NOT NULL"
)
_CONTENTS = "SELECT item_id, source_id, content, features FROM item_content WHERE item_id {in}"
_KNOWN = "SELECT item_id FROM trigger_hit WHERE pattern_id = ? AND item_id {in}"
_HELD = "SELECT DISTINCT item_id FROM trigger_hit WHERE item_id {in}"
_LABELS = (
    "SELECT e.item_alias_id, CASE WHEN l.kind = 'model' THEN 1 ELSE 0 END, COUNT(*) FROM event e "
    "JOIN labeler_alias l ON l.id = e.labeler_alias_id WHERE e.chain_id = ? "
    "AND e.type = 'label.submitted' AND e.item_alias_id {in} "
    "GROUP BY e.item_alias_id, CASE WHEN l.kind = 'model' THEN 1 ELSE 0 END"
)
_HIT = (
    "INSERT INTO trigger_hit (pattern_id, item_id, found_at, labels, predictions) "
    "VALUES (?, ?, ?, 0, 0) ON CONFLICT (pattern_id, item_id) DO NOTHING"
)
_COUNTED = "UPDATE trigger_hit SET labels = ?, predictions = ? WHERE item_id = ?"
_TALLY = (
    "INSERT INTO trigger_tally (project_id, source_id, hour, items, hits) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (project_id, source_id, hour) DO UPDATE SET "
    "items = trigger_tally.items + excluded.items, hits = trigger_tally.hits + excluded.hits"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is known of an item: JSON texts, and the source that told of it first (0: unknown)."""

    item_id: int
    source_id: int
    content: str
    features: str


def items_between(engine: Engine, chain_id: int, start: int, end: int) -> list[Told]:
    """Return the items that events in (start, end] of a chain are about, where anything is told."""
    with engine.connect() as connection:
        statements = Statements(connection)
        items = [row[0] for row in statements.rows(_ITEMS, (chain_id, start, end))]
        return [
            Told(item_id=item, source_id=source or 0, content=content, features=features)
            for item, source, content, features in statements.rows_in(_CONTENTS, items)
        ]


def label_counts(engine: Engine, chain_id: int, items: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Return how many labels came on items from others than models, and from models.

    Walks the chain once for some thousand items: for the few that hold a pattern.
    """
    found: dict[int, list[int]] = {item: [0, 0] for item in items}
    with engine.connect() as connection:
        for item, model, n in Statements(connection).rows_in(_LABELS, list(found), (chain_id,)):
            found[int(item)][int(model)] += int(n)
    return {item: (labels, predictions) for item, (labels, predictions) in found.items()}


def already_held(engine: Engine, pattern_id: int, items: Iterable[int]) -> set[int]:
    """Return those of some items that are known to hold a pattern."""
    with engine.connect() as connection:
        return {row[0] for row in Statements(connection).rows_in(_KNOWN, items, (pattern_id,))}


def holding_any(engine: Engine, items: Iterable[int]) -> set[int]:
    """Return those of some items that are known to hold any pattern."""
    with engine.connect() as connection:
        return {row[0] for row in Statements(connection).rows_in(_HELD, items)}


def keep_hits(
    session: Session,
    hits: Mapping[int, Iterable[int]],
    counts: Mapping[int, tuple[int, int]],
    tallies: Iterable[Row],
    at: datetime,
) -> None:
    """Store new hits by pattern, labels by item, and tallies of items looked through.

    Args:
        session: A transaction.
        hits: Items by pattern.
        counts: Labels and predictions by item.
        tallies: Rows of project, source, hour, items, hits to be added.
        at: When they were found.
    """
    session.flush()
    statements = Statements(session.connection())
    when = statements.time(at)
    rows = [(pattern, item, when) for pattern in sorted(hits) for item in sorted(hits[pattern])]
    statements.executemany(_HIT, rows)
    statements.executemany(_COUNTED, [(*counts[item], item) for item in sorted(counts)])
    statements.executemany(_TALLY, list(tallies))
