"""The bytes that a leaf hashes: the RFC 8785 form of one flat record.

Every value is text, a whole number or null, so the form is plain: keys in order, no blanks, no
escapes but those that JSON needs. Numbers with a fraction are written as text by the recorder.

Version 2 has the form of version 1 and says more in `content`: of an event that tells what its item
shows, 32 bytes follow the digest of all that was said, by which that can be verified alone.
"""

from typing import Final

import msgspec

from labeltrust.domain.errors import InvalidInput

VERSION: Final = 2
SAFE_INTEGER: Final = 2**53 - 1


class Record(msgspec.Struct, frozen=True, gc=False):
    """What one event says, with pseudonyms for names; the fields stand in the order of RFC 8785.

    Attributes:
        actor: Who acted, of decisions; None for events of a source.
        chain: Name of the chain.
        content: Keyed digest of all that the sender said, hex; see version 2.
        delivery: SHA-256 of the raw delivery, hex.
        detail: The rest as compact JSON text with sorted keys.
        doubted: 1 where the claimed time lies outside the accepted window.
        duration: Seconds as the shortest text that reads back to the same float.
        item: Pseudonym of the item, hex; `labeler` likewise.
        occurred: Microseconds since 1970; `received` and `revised` likewise.
        v: Version of this form.
    """

    actor: str | None = None
    annotation: str | None = None
    chain: str = ""
    content: str = ""
    delivery: str | None = None
    detail: str = "{}"
    doubted: int = 0
    duration: str | None = None
    event: str | None = None
    item: str | None = None
    key: str | None = None
    label: str | None = None
    labeler: str | None = None
    occurred: int | None = None
    parser: str = ""
    position: int | None = None
    question: str | None = None
    received: int = 0
    replicate: int = 0
    revised: int | None = None
    sequence: int = 0
    source: str | None = None
    type: str = ""
    v: int = VERSION


_encode = msgspec.json.Encoder().encode


def canonical_bytes(record: Record) -> bytes:
    """Return the canonical bytes of a record.

    Raises:
        InvalidInput: A text holds a lone surrogate, which no bytes can carry.

    >>> canonical_bytes(Record(chain="system", sequence=1, type="key.created"))[:40]
    b'{"actor":null,"annotation":null,"chain":'
    """
    try:
        return _encode(record)
    except UnicodeEncodeError:
        raise InvalidInput("text holds a lone surrogate", code="not_text") from None
