"""A project's chain as a whole: where it stands, and the lock that puts acts in one order."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from labeltrust.ledger.verify import Head
from labeltrust.store.tables import Chain, Event, Project
from labeltrust.store.verification import StoredChain

# What was read before a lock was waited for is read again, not taken from the session's memory.
FRESH = {"populate_existing": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainEnd:
    """The end of a chain: its name, how many records it holds, and its head hash."""

    chain_id: int
    name: str
    position: int
    head: bytes

    @property
    def stored(self) -> StoredChain:
        """The same as the verifier takes it."""
        head = Head(next_sequence=self.position + 1, head=self.head)
        return StoredChain(id=self.chain_id, name=self.name, head=head, last=self.position)


def chain_end(session: Session, project: Project, *, lock: bool = False) -> ChainEnd:
    """Return where the chain of a project stands.

    Args:
        session: An open read, or a unit of work where `lock` is set.
        project: Whose.
        lock: Let nobody else append until the transaction ends. Every act takes this lock first,
            before rows of flags and freezes, so that two acts never wait for each other.
    """
    wanted = select(Chain).where(col(Chain.id) == project.chain_id)
    wanted = wanted.execution_options(**FRESH)
    row = session.exec(wanted.with_for_update() if lock else wanted).one()
    return ChainEnd(
        chain_id=project.chain_id,
        name=row.name,
        position=row.next_sequence - 1,
        head=row.head,
    )


def leaf_at(session: Session, chain_id: int, sequence: int) -> tuple[str, bytes]:
    """Return the name of a chain, and the leaf hash of one of its records; empty bytes for 0."""
    name = select(Chain.name).where(col(Chain.id) == chain_id)
    leaf = select(Event.leaf).where(Event.chain_id == chain_id, Event.sequence == sequence)
    return session.exec(name).one(), session.exec(leaf).first() or b""
