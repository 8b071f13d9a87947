"""How far each chain was verified, what was found broken, and a quick look at the newest records.

The quick look reads in the transaction of the gate; `store/verification.py` walks whole chains.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, or_, select

from labeltrust.ledger.verify import Broken, Head, verify, verify_end
from labeltrust.store.alert_causes import keep_cause
from labeltrust.store.statements import Statements
from labeltrust.store.tables import Installation
from labeltrust.store.verification import ENTRIES, StoredChain, VerifiedChain, entry


def known_break(session: Session, chain: str) -> str:
    """Return what is known to be broken in a chain, empty where nothing is.

    That is what the newest verification found in it, that a checkpoint states otherwise, or that
    something else is kept of items than was told.
    """
    said = [session.get(Installation, f"{kind}:{chain}") for kind in ("broken", "items")]
    found, items = ("" if row is None else row.value for row in said)
    return found or contradiction(session, chain).words or items


def note_items(session: Session, chain: str, words: str, at: datetime) -> None:
    """Remember that something else is kept of items than was told, or that nothing else is.

    Args:
        session: A transaction.
        chain: Whose items.
        words: Which, and what of them; empty where all is as it was told.
        at: When that was found.
    """
    before = known_break(session, chain)
    row = session.get(Installation, f"items:{chain}")
    if words or row is not None:
        _set(session, f"items:{chain}", words)
    _tell_change(session, chain, at, before, known_break(session, chain))


class Contradiction(NamedTuple):
    """That a signed checkpoint states otherwise than a chain, in words; its note. Empty: none."""

    words: str
    note: str


def contradiction(session: Session, chain: str) -> Contradiction:
    """Return which checkpoint is known to state otherwise than a chain."""
    row = session.get(Installation, f"outside:{chain}")
    if row is None or not row.value:
        return Contradiction("", "")
    words, note = json.loads(row.value)
    return Contradiction(words, note)


def note_contradicted(session: Session, chain: str, words: str, note: str, at: datetime) -> None:
    """Remember a checkpoint that states otherwise, until a verification finds it fulfilled."""
    _tell_change(session, chain, at, known_break(session, chain), words)
    _set(session, f"outside:{chain}", json.dumps([words, note]))


def verified_head(session: Session, chain: str) -> Head:
    """Return how far a chain was verified before; its very beginning where it never was."""
    row = session.get(Installation, f"verified:{chain}")
    if row is None:
        return Head()
    sequence, _, head = row.value.partition(":")
    return Head(next_sequence=int(sequence), head=bytes.fromhex(head))


def states(session: Session) -> dict[str, tuple[int, str]]:
    """Return, by chain, up to which record it was verified, and what is known to be broken."""
    prefixes = ("verified:", "broken:", "outside:", "items:")
    wanted = or_(*(col(Installation.name).startswith(one) for one in prefixes))
    found: dict[str, dict[str, str]] = {}
    for row in session.exec(select(Installation).where(wanted)):
        kind, _, chain = row.name.partition(":")
        found.setdefault(chain, {})[kind] = row.value
    return {chain: _state(said) for chain, said in found.items()}


def _state(said: Mapping[str, str]) -> tuple[int, str]:
    records = int(said.get("verified", "1:").partition(":")[0]) - 1
    outside = json.loads(said["outside"])[0] if said.get("outside") else ""
    return records, said.get("broken", "") or outside or said.get("items", "")


def note_verified(session: Session, found: VerifiedChain, at: datetime) -> None:
    """Remember how far a chain was verified, or what was broken; what changed is for the outbox."""
    words = "" if found.broken is None else in_words(found.broken)
    before = known_break(session, found.name)
    _set(session, f"broken:{found.name}", words)
    if found.contradicted is not None:
        told = f"chain {found.name!r}: {found.contradicted.reason}"
        _set(session, f"outside:{found.name}", json.dumps([told, found.contradicted.anchor.note]))
    elif found.compared:
        _set(session, f"outside:{found.name}", "")
    _tell_change(session, found.name, at, before, known_break(session, found.name))
    if found.broken is None:
        _set(session, f"verified:{found.name}", f"{found.records + 1}:{found.head.hex()}")


def _tell_change(session: Session, chain: str, at: datetime, before: str, words: str) -> None:
    if bool(words) != bool(before):
        said = {"chain": chain, "broken": words}
        keep_cause(session, "ledger.broken" if words else "ledger.mended", at, said)


def newest_break(session: Session, chain: StoredChain, n: int) -> str:
    """Return in words what is broken among the newest n records and the head, empty for nothing."""
    last = chain.head.next_sequence - 1
    first = max(last - n, 0)
    rows = Statements(session.connection()).rows(ENTRIES, (chain.id, first, last))
    entries = [entry(chain.name, row) for row in rows]
    start = Head(next_sequence=first + 1, head=entries[0].previous if entries and first else b"")
    found = verify(entries, start if first else Head())
    broken = found if isinstance(found, Broken) else verify_end(chain.name, found, chain.head)
    return "" if broken is None else in_words(broken)


def in_words(broken: Broken) -> str:
    """Return place and reason of a broken record as one clause."""
    return f"record {broken.sequence} of chain {broken.chain!r}: {broken.reason}"


def _set(session: Session, name: str, value: str) -> None:
    row = session.get(Installation, name) or Installation(name=name, value="")
    row.value = value
    session.add(row)
