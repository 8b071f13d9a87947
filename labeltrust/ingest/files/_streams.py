"""Streams put back to their beginning."""

from typing import Protocol, cast

from labeltrust.ingest.files._base import Readable


class Seekable(Readable, Protocol):
    """A binary stream in which one can go back."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to a place."""

    def tell(self) -> int:
        """Return the place."""

    def seekable(self) -> bool:
        """Say whether one can go back."""


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
        self._is_whole = True

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, b"" at the end; all of them for -1."""
        self._is_whole = False
        if not self._head:
            return self._stream.read(size)
        if size < 0:
            head, self._head = self._head, b""
            return head + self._stream.read(-1)
        head, self._head = self._head[:size], self._head[size:]
        return head

    def from_start(self) -> Seekable | None:
        """Return the stream itself, at its beginning, where one can go back in it."""
        if not self._is_whole:
            return None
        if isinstance(self._stream, Rewound):
            return None  # what lies below was read on already
        found = cast("Seekable", self._stream)
        if not hasattr(found, "seekable") or not found.seekable():
            return None
        found.seek(0)
        return found


def first_bytes(stream: Readable, n_bytes: int) -> bytes:
    """Return the first bytes of a stream, which may hand out fewer than it is asked for.

    >>> import io
    >>> first_bytes(Rewound(b"it", io.BytesIO(b"em")), 3)
    b'ite'
    """
    found = stream.read(n_bytes)
    while len(found) < n_bytes and (more := stream.read(n_bytes - len(found))):
        found += more
    return found
