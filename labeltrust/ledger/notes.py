"""Checkpoints as signed notes: the text form of C2SP `tlog-checkpoint` and `signed-note`.

    labeltrust/1f0c…/fraud          the origin: which installation, which chain
    20852163                        how many records the chain has
    CsUYapGGPo4dkMgIAUqom/Xajj7…    the root of the RFC 6962 tree over their leaf hashes

    — labeltrust/1f0c…/fraud Az3grlgtz…     key id (4 bytes) and Ed25519 signature, base64

No time is in it: the same records always give the same bytes, however often they are signed.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from labeltrust.domain.errors import InvalidInput
from labeltrust.ledger.signatures import is_signed

MOST_CHARACTERS: Final = 65_536
_ED25519: Final = b"\x01"
_DASH: Final = "\u2014 "
_HASH_BYTES: Final = 32
_KEY_ID_BYTES: Final = 4
_SIGNATURE_BYTES: Final = 64
_SIZE: Final = re.compile(r"(0|[1-9][0-9]{0,18})\Z", re.ASCII)
_MARK: Final = "labeltrust"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a checkpoint states of a chain: as many records, under this root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed, with the end of its last line."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature line: a name, four bytes that hint at the key, and the signature."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A checkpoint with its signatures; who signed is for `signer_of` to say."""

    checkpoint: Checkpoint
    signed: str
    signatures: tuple[Signature, ...]
    text: str = ""


def origin_of(installation: str, chain: str) -> str:
    """Return the origin of a chain: names no blank and no line end, whatever the chain is called.

    >>> origin_of("1f0c", "fraud cases")
    'labeltrust/1f0c/fraud%20cases'
    """
    return f"{_MARK}/{installation}/{quote(chain, safe='')}"


def chain_of(origin: str) -> tuple[str, str]:
    """Return installation and chain of an origin, empty where it is none of labeltrust.

    >>> chain_of("labeltrust/1f0c/fraud%20cases")
    ('1f0c', 'fraud cases')
    >>> chain_of("example.com/behind-the-sofa")
    ('', '')
    """
    mark, _, rest = origin.partition("/")
    installation, _, chain = rest.partition("/")
    return (installation, unquote(chain)) if mark == _MARK and chain else ("", "")


def signed_note(
    checkpoint: Checkpoint, key: Ed25519PublicKey, sign: Callable[[bytes], bytes]
) -> str:
    """Return a checkpoint as a signed note.

    Args:
        checkpoint: What is stated.
        key: The public key of `sign`.
        sign: Returns the Ed25519 signature of a message.
    """
    name = checkpoint.origin
    line = _base64(note_key_id(name, key) + sign(checkpoint.text.encode()))
    return f"{checkpoint.text}\n{_DASH}{name} {line}\n"


def note_key_id(name: str, key: Ed25519PublicKey) -> bytes:
    """Return the four bytes by which a signature line hints at its key."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + raw).digest()[:_KEY_ID_BYTES]


def verifier_key(name: str, key: Ed25519PublicKey) -> str:
    """Return a public key in the one-line form that witnesses and log tools are given.

    >>> verifier_key("a", Ed25519PublicKey.from_public_bytes(bytes(32)))[:11]
    'a+a5269a0a+'
    """
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"{name}+{note_key_id(name, key).hex()}+{_base64(_ED25519 + raw)}"


def read_note(text: str) -> Note:
    """Read a checkpoint; its signatures are not looked at yet.

    Raises:
        InvalidInput: `bad_checkpoint`; the text is none.
    """
    body, found, rest = text.rpartition("\n\n")
    lines = body.split("\n")
    if len(text) > MOST_CHARACTERS or not found or len(lines) < 3 or "" in lines:  # noqa: PLR2004
        raise _bad("three lines, an empty one, and signatures are expected")
    if any(ord(character) < ord(" ") for character in text if character != "\n"):
        raise _bad("it holds control characters")
    if not _SIZE.match(lines[1]):
        raise _bad("the second line is no number of records")
    root = _bytes(lines[2])
    if len(root) != _HASH_BYTES:
        raise _bad("the third line is no hash")
    checkpoint = Checkpoint(origin=lines[0], size=int(lines[1]), root=root)
    signed = f"{body}\n"
    return Note(checkpoint=checkpoint, signed=signed, signatures=_signatures(rest), text=text)


def signer_of(note: Note, keys: Iterable[Ed25519PublicKey]) -> Ed25519PublicKey | None:
    """Return which of the keys signed a note under the name of its origin, None where none did.

    Signatures by others, such as witnesses, are passed over. One that names a key of these and is
    not its signature spoils the whole note.
    """
    name, message = note.checkpoint.origin, note.signed.encode()
    known = {note_key_id(name, key): key for key in keys}
    found = None
    for one in note.signatures:
        key = known.get(one.key_id) if one.name == name else None
        if key is None:
            continue
        if not is_signed(key, one.signature, message):
            return None
        found = found or key
    return found


def _signatures(text: str) -> tuple[Signature, ...]:
    if not text.endswith("\n"):
        raise _bad("its last line has no end")
    return tuple(_signature(line) for line in text[:-1].split("\n"))


def _signature(line: str) -> Signature:
    name, _, blob = line.removeprefix(_DASH).partition(" ")
    found = _bytes(blob)
    if not line.startswith(_DASH) or not name or len(found) <= _KEY_ID_BYTES:
        raise _bad("a line after the empty one is no signature")
    return Signature(name=name, key_id=found[:_KEY_ID_BYTES], signature=found[_KEY_ID_BYTES:])


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _bad("a line is no base64") from None


def _bad(why: str) -> InvalidInput:
    return InvalidInput(f"no checkpoint: {why}", place="checkpoint", code="bad_checkpoint")
