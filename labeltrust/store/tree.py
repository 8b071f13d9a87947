"""The Merkle tree over a chain's leaves, out of the record and the inner hashes kept beside it.

Leaves are the column `event.leaf`; `tree_node` keeps the complete subtrees of every eighth level.
So any root or proof reads a few hundred hashes, however long the chain is.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from labeltrust.domain.errors import Tampered
from labeltrust.ledger.merkle import TILE_LEVELS, Edge, node_hash
from labeltrust.store.slices import slices
from labeltrust.store.statements import Statements
from labeltrust.store.tables import TreeNode

_WIDTH: Final = 1 << TILE_LEVELS
_SLICE: Final = 5_000
_LEAVES: Final = (
    "SELECT sequence, leaf FROM event WHERE chain_id = ? AND sequence > ? AND sequence <= ? "
    "ORDER BY sequence"
)
_NODES: Final = (
    "SELECT place, hash FROM tree_node WHERE chain_id = ? AND level = ? AND place >= ? "
    "AND place < ? ORDER BY place"
)
Done = tuple[int, int, bytes]


class StoredTree:
    """The complete subtrees of a chain, read 256 hashes at a time and remembered while in use."""

    def __init__(self, engine: Engine, chain_id: int) -> None:
        """Read nothing yet."""
        self._engine = engine
        self._chain_id = chain_id
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def node(self, level: int, place: int) -> bytes:
        """Return the hash of a complete subtree.

        Raises:
            Tampered: A leaf or an inner hash that must be there is missing.
        """
        base = level - level % TILE_LEVELS
        start, n = place << level - base, 1 << level - base
        tile = self._tile(base, start // _WIDTH)
        hashes = tile[start % _WIDTH : start % _WIDTH + n]
        if len(hashes) != n:
            detail = f"hash {start + len(hashes)} of level {base} is missing in the tree of a chain"
            raise Tampered(detail)
        while len(hashes) > 1:
            hashes = [node_hash(*hashes[at : at + 2]) for at in range(0, len(hashes), 2)]
        return hashes[0]

    def _tile(self, level: int, number: int) -> list[bytes]:
        found = self._tiles.get((level, number))
        if found is None:
            found = self._tiles[level, number] = self._read(level, number * _WIDTH)
        return found

    def _read(self, level: int, start: int) -> list[bytes]:
        with self._engine.connect() as connection:
            statements = Statements(connection)
            if level:
                wanted = (self._chain_id, level, start, start + _WIDTH)
                rows = statements.rows(_NODES, wanted)
            else:
                wanted_leaves = (self._chain_id, start, start + _WIDTH)
                rows = [(n - 1, leaf) for n, leaf in statements.rows(_LEAVES, wanted_leaves)]
        return [found for at, (place, found) in enumerate(rows, start) if place == at]


def grown(engine: Engine, chain_id: int, edge: Edge, sizes: Sequence[int]) -> Iterator[int]:
    """Grow an edge by the leaves on record, and pause at each of the sizes.

    Args:
        engine: The database.
        chain_id: Which chain.
        edge: Over its first records; it grows.
        sizes: Ascending, above that of the edge.

    Raises:
        Tampered: A record is missing.
    """
    wanted = iter(sizes)
    pause = next(wanted, None)
    last = sizes[-1] if sizes else 0
    for rows in slices(engine, _LEAVES, (chain_id, last), rows=_SLICE, after=edge.size):
        for sequence, leaf in rows:
            if sequence != edge.size + 1:
                break
            edge.add(leaf)
            if edge.size == pause:
                yield pause
                pause = next(wanted, None)
    if pause is not None:
        detail = f"record {edge.size + 1} of a chain is missing"
        raise Tampered(detail)


def keep_nodes(session: Session, chain_id: int, done: Sequence[Done]) -> None:
    """Keep subtrees that are complete; one that is there already is the same."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    for level, place, found in done:
        row = {"chain_id": chain_id, "level": level, "place": place, "hash": found}
        session.execute(insert(TreeNode).values(**row).on_conflict_do_nothing())
