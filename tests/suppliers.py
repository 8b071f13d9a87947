"""Files with the manifests of a supplier, and its keys."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from factories import START

from labeltrust.ledger.signatures import pem_of
from labeltrust.services.sign_manifest import sign_manifest


def key_pair(folder: Path, name: str = "acme") -> tuple[Path, Path]:
    """Write a new private key and its public key; return both files."""
    key = Ed25519PrivateKey.generate()
    private, public = folder / f"{name}.key", folder / f"{name}.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_text(pem_of(key.public_key()))
    return private, public


def labels_file(folder: Path, rows: int = 30, name: str = "labels.csv", tag: str = "i") -> Path:
    path = folder / name
    lines = [f"{tag}{n},sam,{'fraud' if n % 3 == 0 else 'benign'}" for n in range(rows)]
    path.write_text("\n".join(["item,labeler,label", *lines]) + "\n")
    return path


def manifest_of(path: Path, key: Path, name: str = "manifest.json") -> Path:
    made = path.with_name(name)
    made.write_bytes(sign_manifest([path], supplier="Acme", key=key, at=START))
    return made
