"""The assessment that raised a flag, kept as it was: labelers by number, and no names in it.

Names would have to be erased one day, and its digest stands in history for good.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from labeltrust.domain.errors import Tampered
from labeltrust.services._acts import Act
from labeltrust.services._appraisal import Appraised
from labeltrust.services.read_assessment import Document
from labeltrust.store.kept_assessments import Kept, keep_assessment, kept_body
from labeltrust.store.session import reading

_FAST = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Raising:
    """An assessment as it is to be kept, packed, with the digest of its bytes."""

    digest: bytes
    body: bytes


def raising(document: Document, found: Sequence[Appraised]) -> Raising | None:
    """Return what is kept of an assessment that wants to open flags; outside of any transaction."""
    opens = any(flag.action == "open" for one in found for flag in one.appraisal.flags)
    return packed(document) if opens else None


def packed(document: Document) -> Raising:
    """Return a document as it is kept."""
    text = nameless(document)
    return Raising(digest=hashlib.sha256(text).digest(), body=zlib.compress(text, _FAST))


def nameless(document: Document) -> bytes:
    """Return a document as JSON without the names of labelers; the same one gives the same bytes.

    >>> document = {"labelers": [{"id": 7, "labeler": "ann"}], "questions": {}}
    >>> nameless(document)
    b'{"labelers":[{"id":7}],"questions":{}}'
    """
    others = {name: _without_names(part) for name, part in document["questions"].items()}
    said = {**_without_names(document), "questions": others}
    return json.dumps(said, sort_keys=True, allow_nan=False, separators=(",", ":")).encode()


def _without_names(part: Mapping[str, Any]) -> Document:
    entries = [
        {key: value for key, value in entry.items() if key != "labeler"}
        for entry in part["labelers"]
    ]
    return {**part, "labelers": entries}


def keep_raising(act: Act, document: Document, found: Raising | None) -> str:
    """Keep an assessment that opened flags, and return its digest for the record of it."""
    kept = found or packed(document)  # a flag was opened that nobody expected a moment ago
    keep_assessment(
        act.session,
        Kept(digest=kept.digest, project_id=act.project_id, made_at=act.at, body=kept.body),
    )
    return kept.digest.hex()


def raised_text(engine: Engine, digest: str) -> bytes:
    """Return the bytes of a kept assessment.

    Raises:
        Tampered: It is gone, or is not what its record says.
    """
    with reading(engine) as session:
        body = kept_body(session, bytes.fromhex(digest))
    text = None if body is None else _unpacked(body)
    if text is None or hashlib.sha256(text).hexdigest() != digest:
        detail = f"the assessment {digest[:16]}… is gone, or is not what its record says"
        raise Tampered(detail)
    return text


def _unpacked(body: bytes) -> bytes | None:
    try:
        return zlib.decompress(body)
    except zlib.error:
        return None
