"""Strict JSON out of hostile bodies: every refusal names its place and reason.

The exact reader: the stdlib scanner, with hooks that put a `Flaw` in the place of whatever strict
JSON refuses. So one bad event of a batch spoils only itself, and a flaw in a part that nobody uses
spoils nothing. The fast reader that agrees with it is `_fast_json.py`.
"""

import json
import math
from dataclasses import dataclass

from labeltrust.domain.errors import InvalidEvent, UnreadableDelivery

MAX_DEPTH = 20
MAX_KEY_BYTES = 128
MAX_INTEGER = 2**53 - 1  # beyond it, JSON readers that use floats round

_INTEGER_CHARACTERS = len(str(-MAX_INTEGER))
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Flaw:
    """Stands in the place of a value that strict JSON refuses."""

    code: str
    reason: str


def read_json(body: bytes, *, first_line: int = 1) -> object:
    """Read one JSON document exactly; flaws inside it stay as `Flaw` values for `check`.

    Args:
        body: The document's bytes.
        first_line: The number of its first line, for messages.

    Raises:
        UnreadableDelivery: Not UTF-8, not JSON, or brackets without end.

    >>> read_json(b'{"a": [1, NaN]}')
    {'a': [1, Flaw(code='number_out_of_range', reason='NaN is not a JSON number')]}
    """
    text = _text(body, first_line)
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        place = f"line {first_line + error.lineno - 1}, column {error.colno}"
        detail = f"not JSON at offset {error.pos}: {error.msg.lower()}"
        raise UnreadableDelivery(detail, place=place, code="not_json") from None
    except RecursionError:
        detail = f"nested deeper than {MAX_DEPTH} levels"
        raise UnreadableDelivery(detail, code="too_deep") from None


def scan_json(text: str, start: int) -> tuple[object, int]:
    """Read one JSON value that begins at a place inside a text, for files read in pieces.

    Returns:
        The value, with flaws in it as `read_json` leaves them, and the place behind it.

    Raises:
        json.JSONDecodeError: No JSON, or the text ends within the value.
        RecursionError: Brackets without end.

    >>> scan_json('[{"a": 1}, 2]', 1)
    ({'a': 1}, 9)
    """
    return _DECODER.raw_decode(text, start)


def check(value: object, place: str = "") -> None:
    """Raise at the first thing in a value that strict JSON refuses.

    Args:
        value: From `read_json`; the value itself is nesting level 1 if it is a list or an object.
        place: JSON pointer of the value, put in front of the flaw's own.

    Raises:
        InvalidEvent: `duplicate_key`, `key_too_long`, `number_out_of_range`, `not_text`,
            `too_deep`.

    >>> check(read_json(b'{"a": [1, NaN]}'))
    Traceback (most recent call last):
    labeltrust.domain.errors.InvalidEvent: /a/1: NaN is not a JSON number
    """
    found = _find(value, 1)
    if found is not None:
        flaw, path = found
        pointer = "".join(f"/{_step(step)}" for step in reversed(path))
        raise InvalidEvent(flaw.reason, place=place + pointer, code=flaw.code)


def read_strict(body: bytes) -> object:
    """Read one JSON document without any flaw.

    Raises:
        UnreadableDelivery: With the place and the reason.

    >>> read_strict(b'{"a": 1}')
    {'a': 1}
    """
    value = read_json(body)
    try:
        check(value)
    except InvalidEvent as error:
        raise UnreadableDelivery(error.detail, place=error.place, code=error.code) from None
    return value


def shown(value: object) -> str:
    """Return a value as it may stand in a message: one short line, no raw control characters.

    >>> shown("a" * 100)[-4:]
    "...'"
    """
    if isinstance(value, str):
        short = len(value) <= _SHOWN_CHARACTERS
        return repr(value if short else value[: _SHOWN_CHARACTERS - 3] + "...")
    if isinstance(value, Flaw):
        return value.reason
    return repr(value) if isinstance(value, int | float | None) else type(value).__name__


def text_flaw(text: str) -> Flaw | None:
    """Return what is wrong with a text: a NUL character or half of a surrogate pair.

    >>> text_flaw(chr(0)).code
    'not_text'
    """
    if "\x00" in text:
        return Flaw("not_text", "text holds a NUL character")
    if text.isascii():
        return None
    try:
        text.encode()
    except UnicodeEncodeError:
        return Flaw("not_text", "text holds a lone surrogate")
    return None


def _text(body: bytes, first_line: int) -> str:
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        line = first_line + body.count(b"\n", 0, error.start)
        detail = f"not UTF-8 at byte {error.start}: {error.reason}"
        raise UnreadableDelivery(detail, place=f"line {line}", code="not_utf8") from None
    if not text.strip():
        raise UnreadableDelivery("the body is empty", code="empty")
    return text


def _object(pairs: list[tuple[str, object]]) -> object:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    seen: set[str] = set()
    twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value] # add returns None, which is the point
    return Flaw("duplicate_key", f"key {shown(twice)} stands twice")


def _integer(literal: str) -> int | Flaw:
    if len(literal) <= _INTEGER_CHARACTERS and abs(int(literal)) <= MAX_INTEGER:
        return int(literal)
    return _too_large(literal)


def _too_large(literal: str) -> Flaw:
    return Flaw("number_out_of_range", f"integer {shown(literal)} is outside +-(2^53-1)")


def _decimal(literal: str) -> float | Flaw:
    number = float(literal)
    if math.isfinite(number):
        return number
    return Flaw("number_out_of_range", f"number {shown(literal)} is too large")


def _constant(literal: str) -> Flaw:
    return Flaw("number_out_of_range", f"{literal} is not a JSON number")


def _step(step: object) -> str:
    """Return one step of a JSON pointer (RFC 6901), short and without control characters."""
    name = str(step).replace("~", "~0").replace("/", "~1")
    short = name if len(name) <= _SHOWN_CHARACTERS else name[: _SHOWN_CHARACTERS - 3] + "..."
    return short if short.isprintable() else repr(short)[1:-1]


Found = tuple[Flaw, list[object]]


def _find(value: object, depth: int) -> Found | None:
    """Return the first flaw with its path, innermost step first."""
    if isinstance(value, str):
        flaw = text_flaw(value)
        return (flaw, []) if flaw else None
    if isinstance(value, dict | list):
        if depth > MAX_DEPTH:
            return Flaw("too_deep", f"nested deeper than {MAX_DEPTH} levels"), []
        return _find_in_object(value, depth) if isinstance(value, dict) else _find_in(value, depth)
    flaw = _scalar_flaw(value)
    return (flaw, []) if flaw else None


def _scalar_flaw(value: object) -> Flaw | None:
    """Return what is wrong with neither text nor list nor object; tables hold more than JSON."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, Flaw):
        return value
    if isinstance(value, int):
        return None if abs(value) <= MAX_INTEGER else _too_large(str(value))
    if isinstance(value, float):
        return None if math.isfinite(value) else _constant(str(value))
    return Flaw("wrong_type", f"{shown(value)} is no JSON value")


def _find_in_object(value: dict[str, object], depth: int) -> Found | None:
    for key in value:
        flaw = _key_flaw(key)
        if flaw:
            return flaw, []
    return _find_in(value, depth)


def _find_in(value: dict[str, object] | list[object], depth: int) -> Found | None:
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inner in steps:
        found = _find(inner, depth + 1)
        if found is not None:
            found[1].append(step)
            return found
    return None


def _key_flaw(key: str) -> Flaw | None:
    flaw = text_flaw(key)
    if flaw:
        return Flaw(flaw.code, f"key {shown(key)}: {flaw.reason}")
    if len(key) > MAX_KEY_BYTES // 4 and len(key.encode()) > MAX_KEY_BYTES:
        return Flaw("key_too_long", f"key {shown(key)} has more than {MAX_KEY_BYTES} bytes")
    return None


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_decimal,
    parse_constant=_constant,
)
