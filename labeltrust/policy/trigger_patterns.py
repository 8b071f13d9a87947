"""Regular expressions of strangers over texts of strangers, in time linear in both.

The engine is RE2 (Cox 2010) as Arrow brings it: it never backtracks, so no expression and no item
can hold a scan up.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.naming import is_storable
from labeltrust.domain.triggers import MOST_CHARACTERS, PLACES

_BEFORE: Final = 30
_AFTER: Final = 60
_DEEPEST: Final = 20


def checked_pattern(expression: str, place: str) -> None:
    """Refuse what cannot be looked for.

    Raises:
        InvalidInput: It is no expression of RE2, it is found in the empty text and so everywhere,
            or the place is none.

    >>> checked_pattern("cf[0-9]+", "text")
    >>> checked_pattern("(", "text")
    Traceback (most recent call last):
    labeltrust.domain.errors.InvalidInput: expression: missing ): (
    """
    if place not in PLACES:
        detail = f"place is {place[:80]!r}, must be one of {', '.join(PLACES)}"
        raise InvalidInput(detail, place="place")
    if not 0 < len(expression) <= MOST_CHARACTERS or not is_storable(expression):
        detail = f"an expression has 1 to {MOST_CHARACTERS} characters"
        raise InvalidInput(detail, place="expression")
    try:
        everywhere = bool(matching(expression, [""])[0])
    except pa.ArrowInvalid as error:
        detail = str(error).removeprefix("Invalid regular expression: ")[:300]
        raise InvalidInput(detail, place="expression", code="bad_expression") from None
    if everywhere:
        raise InvalidInput("it is found in every item", place="expression", code="bad_expression")


def matching(expression: str, texts: Sequence[str]) -> NDArray[np.bool_]:
    """Return which texts hold an expression, (n,).

    >>> matching("(a+)+$", ["a" * 50_000 + "!", "baa"]).tolist()
    [False, True]
    """
    held = pc.match_substring_regex(pa.array(texts, type=pa.large_string()), pattern=expression)
    out: NDArray[np.bool_] = held.to_numpy(zero_copy_only=False).astype(np.bool_)
    return out


def excerpt(expression: str, text: str) -> str:
    """Return what surrounds the first place, or nothing.

    >>> excerpt("cf[0-9]", "x" * 99 + " cf7 and more")
    '…xxxxxxxxxxxxxxxxxxxxxxxxxxxxx cf7 and more'
    """
    raw = text.encode()
    [at] = pc.find_substring_regex(pa.array([text], type=pa.large_string()), expression).to_pylist()
    if at is None or at < 0:
        return ""
    start = max(at - _BEFORE, 0)
    shown = raw[start : at + _AFTER].decode(errors="ignore")
    head, tail = "\u2026" * (start > 0), "\u2026" * (at + _AFTER < len(raw))
    return f"{head}{shown}{tail}"


def searched(content: Mapping[str, Any], features: Mapping[str, Any], place: str) -> str:
    r"""Return the text of an item that a pattern is looked for in, one line a value.

    >>> searched({"text": "hi", "fields": {"a": ["b"]}}, {"amount": 3}, "all")
    'hi\nb\namount=3'
    """
    lines = _texts(content, 0) if place != "features" else []
    if place != "text":
        lines += [f"{name}={value}" for name, value in features.items()]
    return "\n".join(lines)


def _texts(value: object, depth: int) -> list[str]:
    if isinstance(value, str):
        return [value]
    if depth > _DEEPEST:
        return []
    if isinstance(value, Mapping):
        return [text for part in value.values() for text in _texts(part, depth + 1)]
    if isinstance(value, list):
        return [text for part in value for text in _texts(part, depth + 1)]
    return []
