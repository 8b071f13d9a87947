"""Sealing of raw deliveries and secrets, digests by which names are looked up, and signing.

Everything hangs on one master key in a file outside the database. A raw delivery has a data key
of its own, sealed by the master key: destroying that row's data key makes its body unreadable for
ever, while digests and history stay.
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from labeltrust.domain.errors import Misconfigured, Tampered
from labeltrust.settings import Settings

KEY_BYTES = 32
NONCE_BYTES = 12
LOOKUP_BYTES = 20
_BODY = b"labeltrust delivery body 1"
_DATA_KEY = b"labeltrust data key 1"
_SECRET = b"labeltrust secret 1"


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals and opens; holds keys, so it never shows itself.

    >>> vault = vault_of(bytes(32))
    >>> sealed, data_key = vault.seal(b"raw")
    >>> vault.open(sealed, data_key)
    b'raw'
    """

    _wrapping: AESGCM = field(repr=False)
    _lookup_key: bytes = field(repr=False)
    _signing_keys: tuple[Ed25519PrivateKey, ...] = field(repr=False)
    fingerprint: str

    @property
    def signature_key(self) -> Ed25519PublicKey:
        """The public key by which anybody checks what `sign` returned."""
        return self._signing_keys[0].public_key()

    @property
    def signature_keys(self) -> tuple[Ed25519PublicKey, ...]:
        """All public keys that ever signed here, the one in use first."""
        return tuple(key.public_key() for key in self._signing_keys)

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature of a manifest or a checkpoint, 64 bytes.

        >>> vault = vault_of(bytes(32))
        >>> vault.signature_key.verify(vault.sign(b"manifest"), b"manifest")
        """
        return self._signing_keys[0].sign(message)

    def seal(self, body: bytes) -> tuple[bytes, bytes]:
        """Return the sealed body and its sealed data key."""
        data_key = os.urandom(KEY_BYTES)
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + AESGCM(data_key).encrypt(nonce, body, _BODY)
        return sealed, self._wrap(data_key, _DATA_KEY)

    def open(self, sealed: bytes, data_key: bytes) -> bytes:
        """Return the body of a sealed delivery.

        Raises:
            Tampered: Body or data key were changed, or sealed by another master key.
        """
        key = self._unwrap(data_key, _DATA_KEY)
        return _opened(AESGCM(key), sealed, _BODY)

    def seal_secret(self, secret: str) -> bytes:
        """Return a webhook secret sealed by the master key."""
        return self._wrap(secret.encode(), _SECRET)

    def open_secret(self, sealed: bytes) -> str:
        """Return a sealed webhook secret.

        Raises:
            Tampered: The secret was changed, or sealed by another master key.
        """
        return self._unwrap(sealed, _SECRET).decode()

    def lookup(self, id_space: str, outside_id: str) -> bytes:
        """Return the keyed digest by which an outside id is found without being readable.

        Raises:
            UnicodeEncodeError: The id holds a lone surrogate.
        """
        space, outside = id_space.encode(), outside_id.encode()
        message = len(space).to_bytes(4, "big") + space + outside
        return hmac.digest(self._lookup_key, message, "sha256")[:LOOKUP_BYTES]

    def _wrap(self, plain: bytes, purpose: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._wrapping.encrypt(nonce, plain, purpose)

    def _unwrap(self, sealed: bytes, purpose: bytes) -> bytes:
        return _opened(self._wrapping, sealed, purpose)


def _opened(cipher: AESGCM, sealed: bytes, purpose: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose)
    except InvalidTag:
        raise Tampered("sealed data does not open with this master key") from None


def pseudonym(salt: bytes, outside_id: str) -> bytes:
    """Return the name under which history knows an outside id; meaningless without the salt.

    >>> len(pseudonym(bytes(16), "alice"))
    32
    """
    return hmac.digest(salt, outside_id.encode(), "sha256")


def vault_of(master_key: bytes, signing_key: int = 1) -> Vault:
    """Build the vault of a master key of 32 bytes.

    Args:
        master_key: What all keys are derived from.
        signing_key: Number of the key that signs; those before it are known as former ones.

    Raises:
        Misconfigured: The key has another length.
    """
    if len(master_key) != KEY_BYTES:
        detail = f"the master key has {len(master_key)} bytes instead of {KEY_BYTES}"
        raise Misconfigured(detail)
    fingerprint = hashlib.sha256(_derived(master_key, b"fingerprint")).hexdigest()[:16]
    signing = tuple(_signing(master_key, number) for number in range(signing_key, 0, -1))
    return Vault(
        AESGCM(_derived(master_key, b"wrap")),
        _derived(master_key, b"lookup"),
        signing,
        fingerprint,
    )


def _signing(master_key: bytes, number: int) -> Ed25519PrivateKey:
    """Return a signing key; the first one keeps the name it had before there were others."""
    purpose = b"sign snapshots" + (f" {number}".encode() if number > 1 else b"")
    return Ed25519PrivateKey.from_private_bytes(_derived(master_key, purpose))


def _derived(master_key: bytes, purpose: bytes) -> bytes:
    info = b"labeltrust " + purpose
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(master_key)


def open_vault(settings: Settings) -> Vault:
    """Open the vault, making the master key at first use, readable by its owner alone.

    Raises:
        Misconfigured: The key file cannot be read or holds no key.
    """
    path = settings.key_file
    try:
        if not path.exists():
            _make_key(path)
        text = path.read_text("ascii").strip()
        return vault_of(bytes.fromhex(text), settings.signing_key)
    except (OSError, ValueError) as error:
        detail = f"master key file {path} cannot be used: {error}"
        raise Misconfigured(detail) from error


def _make_key(path: Path) -> None:
    """Write a new key whole or not at all; where two processes race, the first one's key stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
