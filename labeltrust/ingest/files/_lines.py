"""Lines of a text file, read in blocks and given out one by one, with a way back."""

import io
from collections.abc import Iterator

from labeltrust.domain.errors import UnreadableDelivery
from labeltrust.ingest.files._base import Readable
from labeltrust.ingest.files._look import BYTE_ORDER_MARK

BLOCK_BYTES = 2**20
MAX_LINE_BYTES = 16 * 2**20
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def blocks(stream: Readable) -> Iterator[bytes]:
    """Yield a file in blocks that end with a line end, without a UTF-8 byte order mark.

    Raises:
        UnreadableDelivery: `not_utf8` for UTF-16, `line_too_long`.

    >>> list(blocks(io.BytesIO(b"a,b")))
    [b'a,b']
    """
    rest = stream.read(BLOCK_BYTES)
    if rest.startswith(_UTF_16):
        raise UnreadableDelivery("the file is UTF-16; save it as UTF-8", code="not_utf8")
    rest = rest.removeprefix(BYTE_ORDER_MARK)
    while block := stream.read(BLOCK_BYTES):
        whole, end, begun = block.rpartition(b"\n")
        if end:
            yield rest + whole + end
        rest = begun if end else rest + begun
        if len(rest) > MAX_LINE_BYTES:
            detail = f"a line is longer than {MAX_LINE_BYTES} bytes; is this a text file?"
            raise UnreadableDelivery(detail, code="line_too_long")
    if rest:
        yield rest


class Lines(Iterator[str]):
    """The lines of a text file, each with its end; `begin` and `back` serve broken rows.

    Bytes that are not UTF-8 come out as lone surrogates, and `is_dirty` says that there are some,
    so that only the row that holds them is lost.

    Attributes:
        taken: The lines given out since `begin`.
        is_dirty: Whether any block so far was not UTF-8.
    """

    def __init__(self, stream: Readable) -> None:
        """Begin at the first line."""
        self.taken: list[str] = []
        self.is_dirty = False
        self._waiting: list[str] = []
        self._lines = self._read(stream)

    def __next__(self) -> str:
        """Return the next line."""
        line = self._waiting.pop() if self._waiting else next(self._lines)
        self.taken.append(line)
        return line

    def begin(self) -> None:
        """Begin a row."""
        self.taken = []

    def back(self) -> None:
        """Give back all lines of the row but its first, to be read as rows of their own."""
        self._waiting += reversed(self.taken[1:])
        del self.taken[1:]

    def _read(self, stream: Readable) -> Iterator[str]:
        for block in blocks(stream):
            yield from io.StringIO(self._decoded(block), newline="")

    def _decoded(self, block: bytes) -> str:
        try:
            return block.decode()
        except UnicodeDecodeError:
            self.is_dirty = True
            return block.decode(errors="surrogateescape")
