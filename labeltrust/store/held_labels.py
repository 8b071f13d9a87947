"""How much of the record a freeze holds, read in slices so that writers pass between."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine

from labeltrust.domain.clock import microseconds
from labeltrust.domain.freezes import FreezeState
from labeltrust.store.statements import Row, Statements

_SLICE: Final = 100_000
MOST_COUNTED: Final = 200_000
_AT_ONCE: Final = 2
"""Slices read beside each other: the databases do the work, and nobody else waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLabels:
    """Labels and items within the scope of a freeze.

    Attributes:
        labels: Judgments ever given: a revision counts once, a withdrawn one still.
        items: Different items among them.
        complete: False where counting stopped: there are at least so many.
    """

    labels: int
    items: int
    complete: bool


def held_labels(engine: Engine, project_id: int, freeze: FreezeState) -> HeldLabels:
    """Count what a freeze holds, or would hold; at most `MOST_COUNTED` labels."""
    chain_id, last = _chain(engine, project_id)
    sql, given = _scope(engine, freeze)

    def rows(start: int) -> list[Row]:
        with engine.connect() as connection:
            limits = (chain_id, start, start + _SLICE)
            return list(Statements(connection).rows(sql, limits + given))

    seen: set[Row] = set()
    starts = range(0, last, _SLICE)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="held") as pool:
        for begin in range(0, len(starts), _AT_ONCE):
            seen.update(*pool.map(rows, starts[begin : begin + _AT_ONCE]))
            if len(seen) > MOST_COUNTED:
                break
    complete = len(seen) <= MOST_COUNTED
    return HeldLabels(labels=len(seen), items=len({row[0] for row in seen}), complete=complete)


def _chain(engine: Engine, project_id: int) -> tuple[int, int]:
    sql = (
        "SELECT c.id, c.next_sequence - 1 FROM project p JOIN chain c ON c.id = p.chain_id "
        "WHERE p.id = ?"
    )
    with engine.connect() as connection:
        ((chain_id, last),) = Statements(connection).rows(sql, (project_id,))
    return int(chain_id), int(last)


def _scope(engine: Engine, freeze: FreezeState) -> tuple[str, tuple[object, ...]]:
    """Return the query of one slice, and its parameters after the three of the slice."""
    parts: list[str] = []
    given: list[object] = []
    if freeze.labeler_id is not None:
        parts.append(f"labeler_alias_id IN ({', '.join('?' * len(_aliases(engine, freeze)))})")
        given += _aliases(engine, freeze)
    if freeze.source_id is not None:
        parts.append("source_id = ?")
        given.append(freeze.source_id)
    if freeze.delivery_id is not None:
        parts.append("delivery_id IN (SELECT id FROM delivery WHERE id = ? OR import_id = ?)")
        given += [freeze.delivery_id, freeze.delivery_id]
    if freeze.since is not None:
        time = "received_us" if freeze.clock == "received" else "COALESCE(occurred_us, received_us)"
        parts.append(f"{time} >= ?")
        given.append(microseconds(freeze.since))
    sql = (
        "SELECT DISTINCT item_alias_id, labeler_alias_id, question_id FROM event "
        "WHERE chain_id = ? AND sequence > ? AND sequence <= ? AND type = 'label.submitted'"
    )
    return " AND ".join([sql, *parts]), tuple(given)


def _aliases(engine: Engine, freeze: FreezeState) -> list[int]:
    sql = "SELECT id FROM labeler_alias WHERE id = ? OR labeler_id = ?"
    with engine.connect() as connection:
        rows = Statements(connection).rows(sql, (freeze.labeler_id, freeze.labeler_id))
    return [row[0] for row in rows]
