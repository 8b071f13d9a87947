"""What the server and its writing process say to each other: submissions there, outcomes back.

Both are messages of this program to itself: four bytes of length, eight of number, then
MessagePack.
"""

import struct
from typing import Final

import msgspec

from labeltrust.domain.errors import Busy, LabeltrustError, Misconfigured, NotFound
from labeltrust.domain.events import Outcome
from labeltrust.store.drafts import Packed

_HEAD: Final = struct.Struct("!IQ")


class Failure(msgspec.Struct, frozen=True, tag=True):
    """Why a submission was not recorded."""

    code: str
    detail: str
    retry_after_seconds: int = 0


class Done(msgspec.Struct, frozen=True, tag=True):
    """What became of a submission."""

    outcome: Outcome


_encode = msgspec.msgpack.Encoder().encode
_decode_packed = msgspec.msgpack.Decoder(Packed).decode
_decode_answer = msgspec.msgpack.Decoder(Done | Failure).decode


def packed_frame(number: int, packed: Packed) -> bytes:
    """Return the message that brings a submission."""
    return _framed(number, _encode(packed))


def answer_frame(number: int, result: Outcome | Exception) -> bytes:
    """Return the message that brings its outcome, or why there is none."""
    answer = _failure(result) if isinstance(result, Exception) else Done(result)
    return _framed(number, _encode(answer))


def packed_of(body: bytes) -> Packed:
    """Return the submission of a message."""
    return _decode_packed(body)


def result_of(body: bytes) -> Outcome | Exception:
    """Return the outcome of a message, or the error to raise."""
    answer = _decode_answer(body)
    return answer.outcome if isinstance(answer, Done) else _error(answer)


def _framed(number: int, body: bytes) -> bytes:
    return _HEAD.pack(len(body), number) + body


class Frames:
    """Takes bytes as they come and gives whole messages.

    >>> frames = Frames()
    >>> frames.feed(_framed(7, b"body")[:9])
    []
    >>> frames.feed(_framed(7, b"body")[9:])
    [(7, b'body')]
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """Return the messages that are complete now, with their numbers."""
        rest = self._rest
        rest += data
        found = []
        at = 0
        while len(rest) - at >= _HEAD.size:
            size, number = _HEAD.unpack_from(rest, at)
            end = at + _HEAD.size + size
            if len(rest) < end:
                break
            found.append((number, bytes(rest[at + _HEAD.size : end])))
            at = end
        del rest[:at]
        return found


def _failure(error: Exception) -> Failure:
    if isinstance(error, Busy):
        return Failure(error.code, str(error), error.retry_after_seconds)
    code = error.code if isinstance(error, LabeltrustError) else "error"
    return Failure(code, f"{type(error).__name__}: {error}" if code == "error" else str(error))


def _error(failure: Failure) -> Exception:
    if failure.code == Busy.code:
        return Busy(failure.detail, retry_after_seconds=failure.retry_after_seconds)
    known = {NotFound.code: NotFound, Misconfigured.code: Misconfigured}
    return known.get(failure.code, RuntimeError)(failure.detail)
