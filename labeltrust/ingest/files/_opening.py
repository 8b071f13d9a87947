"""How a file is opened: gzip unpacked, and the format told by the first bytes."""

from labeltrust.ingest.files._base import Readable
from labeltrust.ingest.files._gzip import GZIP_MAGIC, Inflated
from labeltrust.ingest.files._lines import BYTE_ORDER_MARK

AUTO = "auto"
HEAD_BYTES = 4_096
_PARQUET_MAGIC = b"PAR1"


class Rewound:
    """A stream of which the first bytes have been read already.

    >>> import io
    >>> Rewound(b"it", io.BytesIO(b"em")).read()
    b'item'
    """

    def __init__(self, head: bytes, stream: Readable) -> None:
        """Put the head back in front."""
        self._head = head
        self._stream = stream

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, b"" at the end; all of them for -1."""
        if not self._head:
            return self._stream.read(size)
        if size < 0:
            head, self._head = self._head, b""
            return head + self._stream.read(-1)
        head, self._head = self._head[:size], self._head[size:]
        return head


def opened(stream: Readable) -> tuple[bytes, Readable]:
    """Return the first bytes of a file and the whole of it, unpacked where it is gzip.

    >>> import io
    >>> opened(io.BytesIO(b"item,label"))[0]
    b'item,label'
    """
    head = stream.read(HEAD_BYTES)
    whole = Rewound(head, stream)
    if not head.startswith(GZIP_MAGIC):
        return head, whole
    plain = Inflated(whole)
    head = plain.read(HEAD_BYTES)
    return head, Rewound(head, plain)


def format_of(head: bytes) -> str:
    """Return the name of the format that a file begins like.

    >>> format_of(b'{"item": "i"}')
    'jsonl'
    """
    if head.startswith(_PARQUET_MAGIC):
        return "parquet"
    begin = head.removeprefix(BYTE_ORDER_MARK).lstrip()[:1]
    return {b"[": "label-studio", b"{": "jsonl"}.get(begin, "csv")
