"""Signatures of files by the published vectors of RFC 8032, section 7.1."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from labeltrust.domain.errors import InvalidInput
from labeltrust.ledger.signatures import is_signed, pem_of, public_key

KEY = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
MESSAGE = bytes.fromhex("72")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_the_published_signature_holds_and_no_other_does():
    key = public_key(pem_of(Ed25519PublicKey.from_public_bytes(KEY)).encode())

    assert is_signed(key, SIGNATURE, MESSAGE)
    assert not is_signed(key, SIGNATURE, b"s")
    assert not is_signed(key, SIGNATURE[:-1] + b"\x01", MESSAGE)
    assert not is_signed(key, b"", MESSAGE)


def of_another_kind() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"hello",
        b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        of_another_kind(),
    ],
)
def test_what_is_no_key_of_this_kind_is_refused(pem):
    with pytest.raises(InvalidInput, match="key file"):
        public_key(pem)
