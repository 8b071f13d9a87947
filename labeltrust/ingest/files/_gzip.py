"""A gzip stream read as it comes, with a cap on how much may come out of how little."""

import zlib

from labeltrust.domain.errors import TooLarge, UnreadableDelivery
from labeltrust.ingest.files._base import Readable

GZIP_MAGIC = b"\x1f\x8b"
MAX_RATIO = 200  # label tables shrink 5 to 30 times, a bomb of zeros 1,000 times
FREE_BYTES = 2 * 2**20  # below this nobody is harmed, whatever the ratio
_CHUNK_BYTES = 64 * 2**10
_ALL = 2**63 - 1


class Inflated:
    """The content of a gzip stream of one or more members.

    >>> import gzip, io
    >>> Inflated(io.BytesIO(gzip.compress(b"item,label"))).read()
    b'item,label'
    """

    def __init__(self, stream: Readable) -> None:
        """Begin at the first member."""
        self._stream = stream
        self._member = _new_member()
        self._packed = b""
        self._n_packed = 0
        self._n_plain = 0
        self._ended = False

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` plain bytes, b"" at the end; all of them for -1.

        Raises:
            UnreadableDelivery: Broken or cut short.
            TooLarge: More than 200 times what went in.
        """
        wanted = _ALL if size < 0 else size
        parts = []
        while wanted > 0 and not self._ended:
            part = self._inflate(min(wanted, FREE_BYTES))
            self._n_plain += len(part)
            self._check_ratio()
            wanted -= len(part)
            parts.append(part)
        return b"".join(parts)

    def _inflate(self, size: int) -> bytes:
        if not self._packed:
            self._packed = self._stream.read(_CHUNK_BYTES)
            self._n_packed += len(self._packed)
            if not self._packed:
                raise UnreadableDelivery("the gzip stream is cut short", code="bad_gzip")
        try:
            part = self._member.decompress(self._packed, size)
        except zlib.error as error:
            detail = f"broken gzip stream: {error}"
            raise UnreadableDelivery(detail, code="bad_gzip") from None
        self._packed = self._member.unconsumed_tail
        if self._member.eof:
            self._next_member()
        return part

    def _next_member(self) -> None:
        self._packed = self._member.unused_data
        while not self._packed.strip(b"\0"):  # members may be padded with zeros
            self._packed = self._stream.read(_CHUNK_BYTES)
            self._n_packed += len(self._packed)
            if not self._packed:
                self._ended = True
                return
        self._packed = self._packed.lstrip(b"\0")
        self._member = _new_member()

    def _check_ratio(self) -> None:
        n_used = self._n_packed - len(self._packed)
        if self._n_plain > FREE_BYTES and self._n_plain > MAX_RATIO * n_used:
            detail = f"the gzip stream unpacks to more than {MAX_RATIO} times its size"
            raise TooLarge(detail)


def _new_member() -> "zlib._Decompress":
    return zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
