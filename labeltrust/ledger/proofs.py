"""Check Merkle proofs against roots (RFC 9162, sections 2.1.3.2 and 2.1.4.2)."""

from collections.abc import Sequence

from labeltrust.ledger.merkle import node_hash

_HASH_BYTES = 32


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Say whether a path proves that a leaf is in the tree of a root.

    Args:
        leaf: Hash of the leaf.
        index: Its place, from zero.
        size: Leaves of the tree.
        path: As `merkle.inclusion_path` returns it.
        root: Of the tree, from a place that one trusts.

    >>> is_included(bytes(32), 0, 1, [], bytes(32))
    True
    """
    if not 0 <= index < size or not _are_hashes(leaf, root, *path):
        return False
    found, place, last = leaf, index, size - 1
    for other in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(other, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, other)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(old: tuple[int, bytes], new: tuple[int, bytes], path: Sequence[bytes]) -> bool:
    """Say whether a path proves that a tree grew out of a smaller one and kept its leaves.

    Args:
        old: Size and root of the smaller tree, at least one leaf.
        new: Size and root of the larger tree.
        path: As `merkle.consistency_path` returns it.

    >>> is_consistent((1, bytes(32)), (1, bytes(32)), [])
    True
    """
    (small, old_root), (large, new_root) = old, new
    if not 0 < small <= large or not _are_hashes(old_root, new_root, *path):
        return False
    if small == large:
        return not path and old_root == new_root
    return _grew(old, new, path)


def _grew(old: tuple[int, bytes], new: tuple[int, bytes], path: Sequence[bytes]) -> bool:
    (small, old_root), (large, new_root) = old, new
    hashes = [old_root, *path] if small & (small - 1) == 0 else list(path)
    place, last = small - 1, large - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    if not path:
        return False
    left = right = hashes[0]
    for other in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            left, right = node_hash(other, left), node_hash(other, right)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            right = node_hash(right, other)
        place, last = place >> 1, last >> 1
    return last == 0 and left == old_root and right == new_root


def _are_hashes(*found: bytes) -> bool:
    return all(len(one) == _HASH_BYTES for one in found)
