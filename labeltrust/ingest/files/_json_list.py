"""The values of a JSON list, read one by one, so that a large export needs little memory."""

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass

from labeltrust.domain.errors import UnreadableDelivery
from labeltrust.ingest._strict_json import MAX_DEPTH, scan_json
from labeltrust.ingest.files._base import Readable

BLOCK_CHARACTERS = 2**20
MAX_VALUE_CHARACTERS = 64 * 2**20
_BLANK = " \t\r\n"

Value = tuple[object, str]
"""A JSON value, flaws in it as the exact reader leaves them, and its text."""


@dataclass(frozen=True, slots=True)
class Naming:
    """What messages call a file and one value of it."""

    file: str
    one: str

    def broken(self, reason: str, code: str) -> UnreadableDelivery:
        """Return the refusal of such a file."""
        return UnreadableDelivery(f"no {self.file}: {reason}", code=code)


class _Text:
    """The text of a stream, of which a part is in memory."""

    def __init__(self, stream: Readable, naming: Naming) -> None:
        self._stream = stream
        self._naming = naming
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self.part = ""
        self.at = 0
        self.is_whole = False

    def grow(self) -> None:
        """Read on: as much again as is left, so that a long value is not scanned too often."""
        self.part = self.part[self.at :]
        self.at = 0
        block = self._stream.read(max(BLOCK_CHARACTERS, len(self.part)))
        self.is_whole = not block
        try:
            self.part += self._decoder.decode(block, final=self.is_whole)
        except UnicodeDecodeError as error:
            raise self._naming.broken(f"not UTF-8: {error.reason}", "not_utf8") from None

    def peek(self) -> str:
        """Return the next character that is not blank, "" at the end."""
        while True:
            while self.at < len(self.part) and self.part[self.at] in _BLANK:
                self.at += 1
            if self.at < len(self.part) or self.is_whole:
                return self.part[self.at : self.at + 1]
            self.grow()

    def value(self) -> Value:
        """Return the JSON value that begins here, and step behind it."""
        while True:
            try:
                value, end = scan_json(self.part, self.at)
            except json.JSONDecodeError as error:
                if self.is_whole or len(self.part) - self.at > MAX_VALUE_CHARACTERS:
                    raise self._naming.broken(error.msg.lower(), "not_json") from None
            except RecursionError:
                reason = f"nested deeper than {MAX_DEPTH} levels"
                raise self._naming.broken(reason, "too_deep") from None
            else:
                if end < len(self.part) or self.is_whole:
                    text, self.at = self.part[self.at : end], end
                    return value, text
            self.grow()


def json_list(stream: Readable, naming: Naming) -> Iterator[Value]:
    """Yield the values of a JSON list.

    Raises:
        UnreadableDelivery: No list, or broken from here on; names the row.

    >>> import io
    >>> [text for _, text in json_list(io.BytesIO(b'[1, {}]'), Naming("file", "value"))]
    ['1', '{}']
    """
    text = _Text(stream, naming)
    if text.peek() != "[":
        raise naming.broken(f"the file is no JSON list of {naming.one}s", "not_json")
    text.at += 1
    n_values = 0
    while text.peek() != "]":
        if n_values and text.peek() != ",":
            raise naming.broken(f"no comma behind {naming.one} {n_values}", "not_json")
        text.at += bool(n_values)
        text.peek()
        yield _numbered(text, n_values + 1)
        n_values += 1
    text.at += 1
    if text.peek():
        raise naming.broken("something follows behind the list", "not_json")


def json_values(stream: Readable, naming: Naming) -> Iterator[Value]:
    """Yield JSON values that stand one behind the other, each over any number of lines.

    Raises:
        UnreadableDelivery: Broken from here on; names the row.

    >>> import io
    >>> [text for _, text in json_values(io.BytesIO(b'{} [1]'), Naming("file", "value"))]
    ['{}', '[1]']
    """
    text, row = _Text(stream, naming), 1
    while text.peek():
        yield _numbered(text, row)
        row += 1


def _numbered(text: _Text, row: int) -> Value:
    try:
        return text.value()
    except UnreadableDelivery as error:
        raise UnreadableDelivery(error.detail, place=f"row {row}", code=error.code) from None
