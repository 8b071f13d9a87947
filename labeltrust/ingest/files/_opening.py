"""How a file is opened: gzip and zip unpacked, and the format told by what it looks like."""

from collections.abc import Mapping

from labeltrust.domain.errors import InvalidInput
from labeltrust.ingest.files._base import FileFormat, Readable
from labeltrust.ingest.files._gzip import GZIP_MAGIC, Inflated
from labeltrust.ingest.files._look import Look
from labeltrust.ingest.files._members import HEAD_BYTES, Members
from labeltrust.ingest.files._streams import Rewound, first_bytes
from labeltrust.ingest.files._zip import ZIP_MAGIC, unzipped

AUTO = "auto"
_PARQUET_MAGIC = b"PAR1"


def opened(stream: Readable) -> tuple[Look, Readable]:
    """Return what a file looks like and the whole of it, unpacked where it is gzip or zip.

    Raises:
        UnreadableDelivery: A zip that is broken or made to do harm.
        TooLarge: A zip bomb.

    >>> import io
    >>> opened(io.BytesIO(b"item,label"))[0].head
    b'item,label'
    """
    if isinstance(stream, Members):
        return stream.look(), stream
    head = first_bytes(stream, HEAD_BYTES)
    whole = Rewound(head, stream)
    if head.startswith(GZIP_MAGIC):
        plain = Inflated(whole)
        head = first_bytes(plain, HEAD_BYTES)
        whole = Rewound(head, plain)
    if head.startswith(ZIP_MAGIC):
        members = unzipped(whole)
        return members.look(), members
    return Look(head), whole


def format_of(look: Look, formats: Mapping[str, FileFormat]) -> str:
    """Return the name of the format that a file looks like.

    Raises:
        InvalidInput: It looks like several.

    >>> format_of(Look(b'{"item": "i"}'), {})
    'jsonl'
    """
    if look.head.startswith(_PARQUET_MAGIC):
        return "parquet"
    for one in (look, *look.others):
        found = [name for name, kind in sorted(formats.items()) if kind.looks_like(one)]
        if len(found) > 1:
            detail = f"looks like {' and like '.join(found)}; say which by --format"
            raise InvalidInput(detail, code="unknown_format")
        if found:
            return found[0]
    return {"[": "label-studio", "{": "jsonl"}.get(look.begin, "csv")
