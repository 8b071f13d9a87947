"""How far each chain was verified, what was found broken, and a quick look at the newest records.

The quick look reads in the transaction of the gate; `store/verification.py` walks whole chains.
"""

from datetime import datetime

from sqlmodel import Session

from labeltrust.ledger.verify import Broken, Head, verify, verify_end
from labeltrust.store.alert_causes import keep_cause
from labeltrust.store.statements import Statements
from labeltrust.store.tables import Installation
from labeltrust.store.verification import ENTRIES, StoredChain, VerifiedChain, entry


def known_break(session: Session, chain: str) -> str:
    """Return what the newest verification found broken in a chain, empty where it held."""
    row = session.get(Installation, f"broken:{chain}")
    return "" if row is None else row.value


def verified_head(session: Session, chain: str) -> Head:
    """Return how far a chain was verified before; its very beginning where it never was."""
    row = session.get(Installation, f"verified:{chain}")
    if row is None:
        return Head()
    sequence, _, head = row.value.partition(":")
    return Head(next_sequence=int(sequence), head=bytes.fromhex(head))


def note_verified(session: Session, found: VerifiedChain, at: datetime) -> None:
    """Remember how far a chain was verified, or what was broken; what changed is for the outbox."""
    words = "" if found.broken is None else in_words(found.broken)
    before = known_break(session, found.name)
    if bool(words) != bool(before):
        said = {"chain": found.name, "broken": words}
        keep_cause(session, "ledger.broken" if words else "ledger.mended", at, said)
    _set(session, f"broken:{found.name}", words)
    if found.broken is None:
        _set(session, f"verified:{found.name}", f"{found.records + 1}:{found.head.hex()}")


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
