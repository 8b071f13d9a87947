"""Ed25519 signatures of files that leave the house, and their check without the house.

Signature and key have the usual forms (RFC 8032, 64 bytes; RFC 8410 in PEM), so that others can
check, too: `openssl pkeyutl -verify -pubin -inkey KEY -rawin -in FILE -sigfile FILE.sig`.
"""

import hashlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from labeltrust.domain.errors import InvalidInput

_SHORT = 16


def key_id(key: Ed25519PublicKey) -> str:
    """Return the short name of a public key: the start of the SHA-256 of its 32 bytes.

    >>> key_id(Ed25519PublicKey.from_public_bytes(bytes(32)))
    '66687aadf862bd77'
    """
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:_SHORT]


def pem_of(key: Ed25519PublicKey) -> str:
    """Return a public key as PEM text, as others read it."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def public_key(pem: bytes) -> Ed25519PublicKey:
    r"""Return the public key in a PEM file.

    Raises:
        InvalidInput: There is none, or it is of another kind.

    >>> key = Ed25519PublicKey.from_public_bytes(bytes(32))
    >>> public_key(pem_of(key).encode()) == key
    True
    """
    try:
        found = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise InvalidInput("the key file holds no public key in PEM", place="key") from None
    if not isinstance(found, Ed25519PublicKey):
        raise InvalidInput("the key file holds no Ed25519 key", place="key")
    return found


def is_signed(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    """Say whether a signature is that of the key's owner over exactly these bytes."""
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True
