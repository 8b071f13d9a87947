"""Signed manifests of files from suppliers: in-toto statements in DSSE envelopes.

Envelope: the DSSE protocol, version 1.0.2 (secure-systems-lab/dsse): the signature is over the
pre-authentication encoding of type and payload, so neither can be read as another. Payload: an
in-toto Statement v1 whose subjects are the files with their SHA-256, and whose predicate says who
supplies them and how many rows each has. Any tool of that family writes and checks them.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from labeltrust.domain.errors import InvalidInput
from labeltrust.ledger.signatures import is_signed, key_id

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Final = "urn:labeltrust:labels:1"
MOST_BYTES: Final = 1 << 20
MOST_SIGNATURES: Final = 16


class Signature(msgspec.Struct, frozen=True):
    """One signature of an envelope; the key id is a hint that nothing rests on."""

    sig: str
    keyid: str = ""


class Envelope(msgspec.Struct, frozen=True, rename="camel"):
    """A DSSE envelope as it is written."""

    payload: str
    payload_type: str
    signatures: list[Signature]


class Subject(msgspec.Struct, frozen=True):
    """One file with its digests, such as `sha256`."""

    name: str
    digest: dict[str, str]


class Labels(msgspec.Struct, frozen=True):
    """What a supplier says of the files: their rows by name."""

    supplier: str
    rows: dict[str, int]
    made_at: str = ""


class Statement(msgspec.Struct, frozen=True, rename="camel"):
    """An in-toto statement about files of labels."""

    type_: str = msgspec.field(name="_type")
    subject: list[Subject]
    predicate_type: str
    predicate: Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """A file that a supplier vouches for.

    Attributes:
        supplier: Who says so.
        key_id: Whose key signed it.
        sha256: Digest of the file, in hex.
        rows: Rows that it has.
    """

    supplier: str
    key_id: str
    sha256: str
    rows: int


def signed_envelope(statement: Statement, key: Ed25519PrivateKey) -> bytes:
    """Return a statement signed, as JSON.

    >>> key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    >>> made = signed_envelope(statement_of("acme", {"a.csv": ("00" * 32, 3)}), key)
    >>> attested(made, "a.csv", [key.public_key()]).rows
    3
    """
    payload = msgspec.json.encode(statement)
    signature = Signature(
        sig=base64.b64encode(key.sign(encoded(PAYLOAD_TYPE, payload))).decode(),
        keyid=key_id(key.public_key()),
    )
    envelope = Envelope(
        payload=base64.b64encode(payload).decode(),
        payload_type=PAYLOAD_TYPE,
        signatures=[signature],
    )
    return msgspec.json.encode(envelope)


def statement_of(
    supplier: str, files: Mapping[str, tuple[str, int]], made_at: str = ""
) -> Statement:
    """Return a statement about files.

    Args:
        supplier: Who vouches for them.
        files: SHA-256 in hex and number of rows, by name.
        made_at: When, ISO 8601.
    """
    return Statement(
        type_=STATEMENT_TYPE,
        subject=[Subject(name=n, digest={"sha256": sha}) for n, (sha, _) in files.items()],
        predicate_type=PREDICATE_TYPE,
        predicate=Labels(
            supplier=supplier, rows={n: rows for n, (_, rows) in files.items()}, made_at=made_at
        ),
    )


def encoded(payload_type: str, payload: bytes) -> bytes:
    """Return the pre-authentication encoding that is signed.

    >>> encoded("http://example.com/HelloWorld", b"hello world")
    b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def attested(raw: bytes, name: str, keys: Sequence[Ed25519PublicKey]) -> Attested:
    """Return what a manifest says of a file, once one of the keys is found to have signed it.

    Args:
        raw: The manifest's bytes.
        name: Name of the file, without folders.
        keys: Keys of the supplier; no other counts, whatever the envelope names.

    Raises:
        InvalidInput: It is no manifest, no key signed it, or it does not name the file.
    """
    envelope = _decoded(raw, Envelope, "manifest_unreadable")
    payload = _payload(envelope)
    signer = _signer(envelope, payload, keys)
    statement = _decoded(payload, Statement, "manifest_unreadable")
    if (statement.type_, statement.predicate_type) != (STATEMENT_TYPE, PREDICATE_TYPE):
        raise _bad(f"the manifest is no {PREDICATE_TYPE} statement", "manifest_unreadable")
    found = [one for one in statement.subject if one.name == name]
    rows = statement.predicate.rows.get(name)
    if len(found) != 1 or "sha256" not in found[0].digest or rows is None:
        detail = f"the manifest does not tell digest and rows of {name[:200]!r}"
        raise _bad(detail, "manifest_silent")
    return Attested(
        supplier=statement.predicate.supplier[:200],
        key_id=key_id(signer),
        sha256=found[0].digest["sha256"].lower(),
        rows=rows,
    )


def _payload(envelope: Envelope) -> bytes:
    if envelope.payload_type != PAYLOAD_TYPE:
        detail = f"the manifest holds {envelope.payload_type[:80]!r}, not {PAYLOAD_TYPE}"
        raise _bad(detail, "manifest_unreadable")
    return _bytes(envelope.payload)


def _signer(
    envelope: Envelope, payload: bytes, keys: Sequence[Ed25519PublicKey]
) -> Ed25519PublicKey:
    message = encoded(envelope.payload_type, payload)
    for signature in envelope.signatures[:MOST_SIGNATURES]:
        for key in keys:
            if is_signed(key, _bytes(signature.sig), message):
                return key
    known = ", ".join(key_id(key) for key in keys)
    detail = f"no key of the supplier signed the manifest; known are {known or 'none'}"
    raise _bad(detail, "manifest_signature")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _bad("the manifest holds no base64", "manifest_unreadable") from None


def _decoded(raw: bytes, kind: Any, code: str) -> Any:  # noqa: ANN401 - what the kind says
    if len(raw) > MOST_BYTES:
        raise _bad(f"the manifest has more than {MOST_BYTES} bytes", code)
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _bad(f"the manifest cannot be read: {error}"[:300], code) from None


def _bad(detail: str, code: str) -> InvalidInput:
    return InvalidInput(detail, place="manifest", code=code)
