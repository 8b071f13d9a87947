"""Checkpoints as rows: what was signed, what is to be signed next, and lists of both."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select, update

from labeltrust.store.inserting import known_id
from labeltrust.store.tables import Chain, Checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCheckpoint:
    """A checkpoint: its number, what it states of which chain, and its note."""

    id: int
    chain: str
    size: int
    root: str
    note: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How far a chain grew beyond what was signed of it.

    Attributes:
        chain_id: Row of the chain.
        chain: Its name.
        records: Records that it has.
        last: Its newest checkpoint, None where nothing was signed yet.
    """

    chain_id: int
    chain: str
    records: int
    last: StoredCheckpoint | None

    @property
    def signed(self) -> int:
        """How many records the newest checkpoint is over."""
        return 0 if self.last is None else self.last.size


def growths(session: Session, chain_id: int | None = None) -> list[Growth]:
    """Return the chains that hold records which no checkpoint is over, by id."""
    newest = select(func.max(col(Checkpoint.size))).where(col(Checkpoint.chain_id) == Chain.id)
    newest = newest.correlate(Chain)
    last = col(Checkpoint.chain_id) == Chain.id
    wanted = (
        select(Chain, Checkpoint)
        .join(
            Checkpoint,
            last & (col(Checkpoint.size) == newest.scalar_subquery()),
            isouter=True,
        )
        .where(col(Chain.next_sequence) > func.coalesce(col(Checkpoint.size), 0) + 1)
        .order_by(col(Chain.id))
    )
    if chain_id is not None:
        wanted = wanted.where(col(Chain.id) == chain_id)
    rows: Sequence[tuple[Chain, Checkpoint | None]] = session.exec(wanted).all()
    return [
        Growth(
            chain_id=known_id(chain.id),
            chain=chain.name,
            records=chain.next_sequence - 1,
            last=None if row is None else _stored(row, chain.name),
        )
        for chain, row in rows
    ]


def lock_signing(session: Session) -> None:
    """Let nobody else sign until the transaction ends: checkpoints are numbered as they commit."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_SIGNING)))


# Any fixed number: servers that sign at once on one PostgreSQL database meet here.
_SIGNING = 7_233_627


class Reserved(NamedTuple):
    """A checkpoint that is not signed yet: going on from which size, and what it states."""

    chain_id: int
    after: int
    size: int
    root: bytes
    made_at: datetime


def reserve_checkpoint(session: Session, reserved: Reserved) -> int | None:
    """Store what is to be signed and return its number; None where somebody else was faster."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    made = insert(Checkpoint).values(**reserved._asdict(), note="").on_conflict_do_nothing()
    found = session.execute(made.returning(col(Checkpoint.id))).first()
    return None if found is None else int(found[0])


def newest_size(session: Session, chain_id: int) -> int:
    """Return how many records of a chain are signed."""
    wanted = select(func.max(col(Checkpoint.size))).where(col(Checkpoint.chain_id) == chain_id)
    return session.exec(wanted).one() or 0


def sign_reserved(session: Session, number: int, note: str) -> None:
    """Give a reserved checkpoint its note, in the same transaction."""
    signed = update(Checkpoint).where(col(Checkpoint.id) == number)
    session.execute(signed.values(note=note))


def checkpoints_after(
    session: Session, number: int, most: int, chains: Collection[str] | None = None
) -> list[StoredCheckpoint]:
    """Return the oldest checkpoints beyond a number, of all chains or of some."""
    wanted = select(Checkpoint, Chain.name).join(Chain, col(Checkpoint.chain_id) == Chain.id)
    wanted = wanted.where(col(Checkpoint.id) > number)
    if chains is not None:
        wanted = wanted.where(col(Chain.name).in_(sorted(chains)))
    rows = session.exec(wanted.order_by(col(Checkpoint.id)).limit(most))
    return [_stored(row, name) for row, name in rows]


def covering(
    session: Session, chain_id: int, sequence: int, size: int | None = None
) -> StoredCheckpoint | None:
    """Return the newest checkpoint, or that of a size, where it is over a record; else None."""
    wanted = select(Checkpoint, Chain.name).join(Chain, col(Checkpoint.chain_id) == Chain.id)
    wanted = wanted.where(col(Checkpoint.chain_id) == chain_id, col(Checkpoint.size) >= sequence)
    if size is not None:
        wanted = wanted.where(col(Checkpoint.size) == size)
    found = session.exec(wanted.order_by(col(Checkpoint.size).desc()).limit(1)).first()
    return None if found is None else _stored(*found)


def newest_checkpoints(
    session: Session, chains: Sequence[str] | None = None
) -> list[StoredCheckpoint]:
    """Return the newest checkpoint of each chain, by the chain's id."""
    newest = select(func.max(col(Checkpoint.id))).group_by(col(Checkpoint.chain_id))
    wanted = select(Checkpoint, Chain.name).join(Chain, col(Checkpoint.chain_id) == Chain.id)
    wanted = wanted.where(col(Checkpoint.id).in_(newest)).order_by(col(Chain.id))
    rows = session.exec(wanted)
    return [_stored(row, name) for row, name in rows if chains is None or name in chains]


def _stored(row: Checkpoint, chain: str) -> StoredCheckpoint:
    return StoredCheckpoint(
        id=known_id(row.id),
        chain=chain,
        size=row.size,
        root=row.root.hex(),
        note=row.note,
        made_at=row.made_at,
    )
