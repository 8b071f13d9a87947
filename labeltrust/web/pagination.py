"""Cursors: where the next page begins, as a text that means nothing to whoever carries it."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

import msgspec
from litestar.params import QueryParameter

from labeltrust.domain.errors import InvalidInput

T = TypeVar("T")
MAX_CURSOR = 65_536
MAX_ID = 2**63 - 1

Limit = Annotated[
    int, QueryParameter(ge=1, le=1_000, required=False, description="Most entries of one page.")
]
Cursor = Annotated[
    str | None,
    QueryParameter(
        required=False, description="`next_cursor` of the page before; absent at first."
    ),
]


def cursor_after(key: object) -> str:
    """Return the cursor of the page after a key.

    >>> key_of_cursor(cursor_after("bob"), str)
    'bob'
    """
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def key_of_cursor(cursor: str, kind: type[T]) -> T:
    """Return the key that a page begins after.

    Raises:
        InvalidInput: The cursor is not one of ours.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        key = msgspec.json.decode(base64.urlsafe_b64decode(padded), type=kind)
    except (UnicodeError, binascii.Error, msgspec.DecodeError):
        key = None
    if key is None or len(cursor) > MAX_CURSOR or (isinstance(key, int) and abs(key) > MAX_ID):
        raise InvalidInput("this cursor is none of ours", place="cursor", code="bad_cursor")
    return key


def number_of_cursor(cursor: str | None) -> int:
    """Return the number that a page begins after; the first page begins after 0.

    >>> number_of_cursor(None)
    0
    """
    return 0 if cursor is None else key_of_cursor(cursor, int)


def cut(
    found: Sequence[T], limit: int, key: Callable[[T], str | int]
) -> tuple[list[T], str | None]:
    """Return one page and the next one's cursor out of up to `limit + 1` entries found.

    >>> cut([1, 2, 3], 2, lambda n: n)[0]
    [1, 2]
    """
    page = list(found[:limit])
    return page, cursor_after(key(page[-1])) if len(found) > limit else None
