"""Sign a manifest of files as their supplier: needs the files and a key, and no installation."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from labeltrust.domain.errors import InvalidInput
from labeltrust.ingest.files import AUTO, RowSettings, file_format, opened
from labeltrust.ledger.attestations import signed_envelope, statement_of
from labeltrust.services._import_paths import opened_path

_ROWS_PER_PIECE = 2_000


def sign_manifest(
    files: Sequence[Path],
    *,
    supplier: str,
    key: Path,
    at: datetime,
    format: str = AUTO,  # noqa: A002 - the word of the import
) -> bytes:
    """Return a signed manifest of files: their digests, and how many rows an import reads.

    Args:
        files: The files, each of another name.
        supplier: Who vouches for them.
        key: File of an Ed25519 private key in PEM, without a password.
        at: When.
        format: How the files are read.

    Raises:
        InvalidInput: A file cannot be read, two have one name, or the key is none.
    """
    told = {path.name: (_digest(path), _rows(path, format)) for path in files}
    if len(told) < len(files) or not told:
        raise InvalidInput("a manifest names each file once, by its name", place="files")
    return signed_envelope(statement_of(supplier, told, at.isoformat()), _key(key))


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        detail = f"{path}: {error.strerror or error}"
        raise InvalidInput(detail, place="files", code="unreadable_file") from None


def _rows(path: Path, format: str) -> int:  # noqa: A002 - as above
    settings = RowSettings(
        project="",
        question="label",
        labeler_kind="human",
        gold=False,
        config={},
        platform="",
        rows_per_piece=_ROWS_PER_PIECE,
        file=path.name.removesuffix(".gz"),
        labeler=None,
    )
    with opened_path(path) as file:
        look, whole = opened(file)
        pieces = file_format(format, look).read(whole, settings)
        return sum(len(p.parsed.events) + len(p.parsed.problems) for p in pieces)


def _key(path: Path) -> Ed25519PrivateKey:
    try:
        found = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        detail = f"{path}: {error.strerror or error}"
        raise InvalidInput(detail, place="key", code="unreadable_file") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise InvalidInput("the key file holds no private key in PEM", place="key") from None
    if not isinstance(found, Ed25519PrivateKey):
        raise InvalidInput("the key file holds no Ed25519 key", place="key")
    return found
