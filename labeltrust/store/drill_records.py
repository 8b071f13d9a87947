"""What the chain of the installation says of drills."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlmodel import Session, col, select

from labeltrust.store.history import SYSTEM
from labeltrust.store.tables import Chain, Event

_decode = msgspec.json.Decoder(dict[str, Any]).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillRecord:
    """One record: what was done, by whom, when (microseconds since 1970), and its detail."""

    type: str
    actor: str
    received_us: int
    detail: Mapping[str, Any]


def drill_records(session: Session, kinds: Sequence[str]) -> Iterator[DrillRecord]:
    """Yield the records of some kinds, in the order of the chain.

    What was made unreadable is left out: the chain does not verify there.
    """
    wanted = select(Event.type, Event.actor, Event.received_us, Event.detail)
    wanted = wanted.join(Chain, col(Chain.id) == col(Event.chain_id))
    wanted = wanted.where(col(Chain.name) == SYSTEM, col(Event.type).in_(kinds))
    for kind, actor, at, detail in session.exec(wanted.order_by(col(Event.sequence))):
        try:
            told = _decode(detail)
        except msgspec.MsgspecError:
            continue
        yield DrillRecord(type=kind, actor=actor or "", received_us=at, detail=told)
