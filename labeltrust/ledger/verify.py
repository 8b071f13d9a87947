"""Recompute a chain and name the first record that does not fit."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from labeltrust.ledger.canonical import Record, canonical_bytes
from labeltrust.ledger.leaf import START, leaf_hash, next_head


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One stored record with the hashes stored beside it; `record.sequence` is its place."""

    record: Record
    leaf: bytes
    previous: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How far a chain is verified: the next sequence expected and the head before it.

    >>> Head().next_sequence
    1
    """

    next_sequence: int = 1
    head: bytes = START


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The first record that does not fit, and why.

    Attributes:
        chain: Name of the chain.
        sequence: The first bad place.
        reason: `missing`, `changed`, `relinked` or `head`, in words.
    """

    chain: str
    sequence: int
    reason: str


def verify(
    entries: Iterable[Entry], start: Head, grow: Callable[[bytes], None] | None = None
) -> Head | Broken:
    """Verify consecutive records of one chain, continuing from a verified head.

    Args:
        entries: In order of sequence; a slice at a time is fine.
        start: What the slice before returned, `Head()` for the first.
        grow: Told the leaf of each record that fits, such as `Anchored.add`.

    Returns:
        The head after the last record, or the first that does not fit.

    >>> verify([], Head()) == Head()
    True
    """
    head, sequence = start.head, start.next_sequence
    for entry in entries:
        problem = _problem(entry, sequence, head)
        if problem is not None:
            return Broken(chain=entry.record.chain, sequence=sequence, reason=problem)
        head, sequence = next_head(head, entry.leaf), sequence + 1
        if grow is not None:
            grow(entry.leaf)
    return Head(next_sequence=sequence, head=head)


def _problem(entry: Entry, sequence: int, head: bytes) -> str | None:
    if entry.record.sequence != sequence:
        return f"record is missing: next is {entry.record.sequence}"
    if entry.leaf != leaf_hash(canonical_bytes(entry.record)):
        return "record was changed: its leaf hash does not match"
    if entry.previous != head:
        return "record does not follow the one before"
    return None


def verify_end(chain: str, found: Head, stored: Head) -> Broken | None:
    """Compare a chain verified to its last record with the head stored beside it."""
    if found.next_sequence != stored.next_sequence:
        reason = f"records are missing at the end: {stored.next_sequence - 1} were written"
        return Broken(chain=chain, sequence=found.next_sequence, reason=reason)
    if found.head != stored.head:
        last = max(found.next_sequence - 1, 1)
        return Broken(chain=chain, sequence=last, reason="the stored head does not match")
    return None
