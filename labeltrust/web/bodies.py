"""Bodies of deliveries: read to a cap, decompressed to the same cap, digested when over it."""

import hashlib
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from litestar.types import Receive

from labeltrust.domain.errors import TooLarge, UnreadableDelivery
from labeltrust.web.errors import UnsupportedEncoding

# Beyond this a body is not even digested to its end; nobody waits for an endless one.
MOST_DIGESTED_BYTES = 64 * 1_048_576
MAX_RATIO = 100
_GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Oversized:
    """What is kept of a body over the cap.

    Attributes:
        size: Bytes seen.
        digest: SHA-256 of them, in hex.
        complete: Whether the digest covers the whole body.
    """

    size: int
    digest: str
    complete: bool


class OverCap(TooLarge):
    """A body over the cap, with what is kept of it."""

    def __init__(self, detail: str, oversized: Oversized) -> None:
        """Keep size and digest beside the message."""
        super().__init__(detail)
        self.oversized = oversized


async def chunks_of(receive: Receive) -> AsyncIterator[bytes]:
    """Yield the body of a request in the pieces it comes in, read from the server itself."""
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return
        more = message.get("more_body", False)
        yield message.get("body", b"")


async def read_capped(stream: AsyncIterator[bytes], limit: int) -> bytes:
    """Return a body of at most `limit` bytes.

    Raises:
        OverCap: The body is larger; nothing of it is held in memory but its digest.
    """
    kept: list[bytes] = []
    size = 0
    async for chunk in stream:
        size += len(chunk)
        kept.append(chunk)
        if size > limit:
            raise await _digested(kept, stream, limit)
    return b"".join(kept)


async def _digested(kept: list[bytes], stream: AsyncIterator[bytes], limit: int) -> OverCap:
    digest = hashlib.sha256(b"".join(kept))
    size, complete = sum(map(len, kept)), True
    kept.clear()
    async for chunk in stream:
        digest.update(chunk)
        size += len(chunk)
        if size > MOST_DIGESTED_BYTES:
            complete = False
            break
    detail = f"the body is larger than {limit} bytes"
    oversized = Oversized(size=size, digest=digest.hexdigest(), complete=complete)
    return OverCap(detail, oversized)


def check_encoding(encoding: str) -> str:
    """Return `gzip` or `identity`, or refuse another content encoding.

    Raises:
        UnsupportedEncoding: Any other one, or several.

    >>> check_encoding("")
    'identity'
    """
    name = encoding.strip().lower() or "identity"
    if name == "x-gzip":
        return "gzip"
    if name not in {"gzip", "identity"}:
        detail = f"content encoding {encoding[:80]!r} is not understood; send gzip or none"
        raise UnsupportedEncoding(detail)
    return name


def unpacked(body: bytes, limit: int) -> bytes:
    """Return a gzip body decompressed, never holding more than the cap.

    Raises:
        UnreadableDelivery: `bad_gzip`: no gzip, cut short, or followed by something else.
        OverCap: Larger than `limit` bytes, or than a hundred times the compressed size.

    >>> import gzip
    >>> unpacked(gzip.compress(b"{}"), 1024)
    b'{}'
    """
    most = min(limit, MAX_RATIO * len(body))
    parts: list[bytes] = []
    rest, size = body, 0
    while rest:
        part, rest = _member(rest, most - size)
        parts.append(part)
        size += len(part)
        if size > most:
            raise _bomb(body, limit)
    return b"".join(parts)


def _member(body: bytes, room: int) -> tuple[bytes, bytes]:
    """Return one gzip member decompressed, one byte beyond the room at most, and what follows."""
    stream = zlib.decompressobj(_GZIP)
    try:
        part = stream.decompress(body, room + 1)
    except zlib.error as error:
        detail = f"the body is no gzip: {error}"
        raise UnreadableDelivery(detail, code="bad_gzip") from None
    if len(part) <= room and not stream.eof:
        raise UnreadableDelivery("the gzip body is cut short", code="bad_gzip")
    return part, stream.unused_data


def _bomb(body: bytes, limit: int) -> OverCap:
    detail = (
        f"the body decompresses to more than {limit} bytes, or to more than {MAX_RATIO} times "
        "its compressed size"
    )
    digest = hashlib.sha256(body).hexdigest()
    return OverCap(detail, Oversized(size=len(body), digest=digest, complete=True))
