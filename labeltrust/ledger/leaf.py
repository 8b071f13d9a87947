"""Leaf and chain hashes: what makes a changed, missing or moved record show."""

from hashlib import sha256
from typing import Final

START: Final = bytes(32)
_LEAF_PREFIX: Final = b"\x00"  # as in RFC 6962, so that leaves can later hang in a Merkle tree


def leaf_hash(canonical: bytes) -> bytes:
    """Return the leaf of canonical bytes: SHA-256 over a zero byte and the bytes.

    >>> leaf_hash(b"").hex()[:16]
    '6e340b9cffb37a98'
    """
    return sha256(_LEAF_PREFIX + canonical).digest()


def next_head(previous: bytes, leaf: bytes) -> bytes:
    """Return the head of a chain after one more leaf: SHA-256 over the head before and the leaf.

    >>> next_head(START, leaf_hash(b"")) == sha256(START + leaf_hash(b"")).digest()
    True
    """
    return sha256(previous + leaf).digest()
