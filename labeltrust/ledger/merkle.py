"""Merkle trees in the form of RFC 6962, section 2.1: roots and proofs out of few stored hashes.

A tree is known by its complete subtrees: `node(level, place)` is the hash over the 2**level leaves
from `place << level` on. Whoever can answer that, out of a list or out of a database, gets roots
and proofs without reading all leaves.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final

Nodes = Callable[[int, int], bytes]
"""The hash of the complete subtree at a level and place."""

TILE_LEVELS: Final = 8
"""Subtrees are worth keeping at every eighth level: 256 of them, or of leaves, make the next."""
EMPTY: Final = sha256(b"").digest()
"""The root of a tree without leaves."""
_NODE_PREFIX: Final = b"\x01"


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node: SHA-256 over a one byte and the hashes below it.

    >>> node_hash(bytes(32), bytes(32)).hex()[:16]
    'ae0798d0ecaed2b7'
    """
    return sha256(_NODE_PREFIX + left + right).digest()


def root_of(nodes: Nodes, size: int) -> bytes:
    """Return the root over the first `size` leaves.

    >>> root_of(nodes_of([]), 0) == EMPTY
    True
    """
    return _span(nodes, 0, size) if size else EMPTY


def inclusion_path(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """Return the path from a leaf to the root, leaf's neighbour first (RFC 6962, 2.1.1).

    Args:
        nodes: The tree.
        index: Of the leaf, from zero.
        size: Leaves of the tree that the root is over; more than `index`.

    >>> len(inclusion_path(nodes_of([bytes(32)] * 8), 0, 8))
    3
    """
    return _path(nodes, index, 0, size)


def consistency_path(nodes: Nodes, old: int, new: int) -> list[bytes]:
    """Return the proof that the first `old` leaves of a larger tree are still the same (2.1.2).

    Args:
        nodes: The larger tree.
        old: Leaves of the smaller one, 1 to `new`.
        new: Leaves of the larger one.

    >>> consistency_path(nodes_of([bytes(32)] * 8), 8, 8)
    []
    """
    return _proof(nodes, old, 0, new, whole=True)


def nodes_of(leaves: Sequence[bytes]) -> Nodes:
    """Return the tree over a list of leaf hashes, for proofs of what fits into memory."""

    def node(level: int, place: int) -> bytes:
        if level == 0:
            return leaves[place]
        return node_hash(node(level - 1, 2 * place), node(level - 1, 2 * place + 1))

    return node


class Edge:
    """The root of a tree that grows leaf by leaf; keeps one hash for each bit of its size.

    Attributes:
        size: Leaves so far.
        done: Complete subtrees at every eighth level that came to be, as (level, place, hash);
            the caller empties it.

    >>> edge = Edge()
    >>> edge.add(bytes(32))
    >>> (edge.size, edge.root() == bytes(32))
    (1, True)
    """

    def __init__(self, nodes: Nodes | None = None, size: int = 0) -> None:
        """Begin with nothing, or with the first `size` leaves of a tree."""
        self.size = size
        self.done: list[tuple[int, int, bytes]] = []
        levels = [level for level in range(size.bit_length()) if size >> level & 1]
        self._right = [_last(nodes, level, size) for level in reversed(levels)] if nodes else []

    def add(self, leaf: bytes) -> None:
        """Add a leaf."""
        right, place, level = self._right, self.size, 0
        while place & 1:
            leaf = sha256(_NODE_PREFIX + right.pop() + leaf).digest()
            place, level = place >> 1, level + 1
            if not level % TILE_LEVELS:
                self.done.append((level, place, leaf))
        right.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all leaves added so far."""
        if not self._right:
            return EMPTY
        found = self._right[-1]
        for left in reversed(self._right[:-1]):
            found = node_hash(left, found)
        return found


def _last(nodes: Nodes, level: int, size: int) -> bytes:
    return nodes(level, (size >> level) - 1)


def _split(n: int) -> int:
    """Return the largest power of two below n."""
    return 1 << (n - 1).bit_length() - 1


def _span(nodes: Nodes, start: int, end: int) -> bytes:
    """Return the hash over the leaves from `start` to before `end`, where a subtree lies."""
    n = end - start
    if n & (n - 1) == 0:
        level = n.bit_length() - 1
        return nodes(level, start >> level)
    middle = start + _split(n)
    return node_hash(_span(nodes, start, middle), _span(nodes, middle, end))


def _path(nodes: Nodes, index: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(nodes, index, start, middle), _span(nodes, middle, end)]
    return [*_path(nodes, index, middle, end), _span(nodes, start, middle)]


def _proof(nodes: Nodes, old: int, start: int, end: int, *, whole: bool) -> list[bytes]:
    """Return SUBPROOF of RFC 6962; `whole` while the old root is known to who checks."""
    if old == end:
        return [] if whole else [_span(nodes, start, end)]
    middle = start + _split(end - start)
    if old <= middle:
        return [*_proof(nodes, old, start, middle, whole=whole), _span(nodes, middle, end)]
    return [*_proof(nodes, old, middle, end, whole=False), _span(nodes, start, middle)]
