"""Suppliers of files: the keys they sign by, and what came with their files."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierKey:
    """A public key by which a source's files are signed.

    Attributes:
        key_id: Short name of the key: the start of its SHA-256.
        pem: The key itself.
        revoked_at: When it was revoked, or None while it counts.
    """

    key_id: str
    pem: str
    added_at: datetime
    added_by: str
    reason: str
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    revoked_why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A manifest that came with a file.

    Attributes:
        sha256: Of the file as it came, in hex; empty where it could not be read.
        rows: Rows that the manifest tells, None where it could not be read.
        key_id: Of the key that signed it, empty where none did.
        code: Empty where all of it held, else what did not: `manifest_signature`, …
        detail: The same in words.
    """

    came_at: datetime
    came_by: str
    file: str
    sha256: str
    rows: int | None
    supplier: str
    key_id: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplied:
    """What is known of a source's supplier: its keys, and its newest manifests."""

    source: str
    keys: tuple[SupplierKey, ...]
    manifests: tuple[Manifest, ...]
