"""What the chain of the installation says of drills."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import Engine

from labeltrust.store.slices import slices

_decode = msgspec.json.Decoder(dict[str, Any]).decode
_SQL: Final = (
    "SELECT type, actor, received_us, detail FROM event "
    "WHERE chain_id = ? AND sequence > ? AND sequence <= ? "
    "AND type IN ('drill.ordered', 'drill.finished', 'game_day.ordered') ORDER BY sequence"
)
"""The end of a game day is that of its last drill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillRecord:
    """One record: what was done, by whom, when (microseconds since 1970), and its detail."""

    type: str
    actor: str
    received_us: int
    detail: Mapping[str, Any]


def drill_records(
    engine: Engine, chain: int, through: int, after: int = 0
) -> Iterator[DrillRecord]:
    """Yield orders and outcomes of drills and orders of game days, read in short slices.

    What was made unreadable is left out: the chain does not verify there.

    Args:
        engine: The database.
        chain: Id of the chain `system`.
        through: The last record wanted.
        after: The last record not wanted.
    """
    for rows in slices(engine, _SQL, (chain, through), after=after):
        for kind, actor, at, detail in rows:
            try:
                told = _decode(detail)
            except msgspec.MsgspecError:
                continue
            yield DrillRecord(type=kind, actor=actor or "", received_us=at, detail=told)
