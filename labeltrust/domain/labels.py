"""Label kinds, and the one canonical text by which equal labels are equal bytes."""

import json
import math
import re
from collections.abc import Sequence
from typing import Literal, get_args

from labeltrust.domain.errors import InvalidEvent

Scale = Literal["nominal", "ordinal", "interval", "ratio", "set", "spans", "boxes", "text"]
SCALES: tuple[str, ...] = get_args(Scale)
NUMERIC: frozenset[str] = frozenset({"interval", "ratio"})
COUNTED: frozenset[str] = frozenset({"nominal", "ordinal", "interval", "ratio"})
MAX_LABEL_BYTES = 1024
MAX_STRUCTURED_BYTES = 65_536
_DECIMAL = re.compile(r"\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\s*", re.ASCII)


def canonical_label(label: object, scale: str, classes: Sequence[str] | None) -> str:
    """Return the canonical text of a label, or refuse it with the reason.

    Nominal and ordinal labels are their own text; numbers become the shortest text that reads back
    to the same float (`1` and `1.0` are one label); sets are sorted; the rest is compact JSON with
    sorted keys.

    Args:
        label: As the source sent it.
        scale: One of `SCALES`.
        classes: The declared classes (the declared order for `ordinal`), or None if open.

    Raises:
        InvalidEvent: `label_missing`, `label_wrong_type`, `label_outside_scale`, `label_too_long`.

    >>> canonical_label(1.0, "interval", None)
    '1'
    >>> canonical_label(["b", "a"], "set", None)
    '["a","b"]'
    """
    if label is None or label == "":
        raise InvalidEvent("label is missing", code="label_missing")
    text = _TEXT[scale](label)
    _check_length(text, scale)
    if classes is not None and scale in {"nominal", "ordinal"} and text not in classes:
        known = ", ".join(repr(c) for c in classes[:10])
        detail = f"label {text[:80]!r} is outside the {scale} scale ({known})"
        raise InvalidEvent(detail, code="label_outside_scale")
    return text


def _check_length(text: str, scale: str) -> None:
    limit = MAX_LABEL_BYTES if scale in COUNTED else MAX_STRUCTURED_BYTES
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise InvalidEvent("label holds a lone surrogate", code="label_not_text") from None
    if "\x00" in text:
        raise InvalidEvent("label holds a NUL character", code="label_not_text")
    if size > limit:
        detail = f"label has {size} bytes, at most {limit} are allowed"
        raise InvalidEvent(detail, code="label_too_long")


def _word(label: object) -> str:
    if isinstance(label, str):
        return label
    if isinstance(label, bool):
        return "true" if label else "false"
    if isinstance(label, int | float):
        return _number(label)
    raise _wrong_type(label, "a string")


def _number(label: object) -> str:
    if isinstance(label, str) and not _DECIMAL.fullmatch(label):
        # float() would also take 1_000, digits of other scripts, and words like infinity.
        raise _wrong_type(label, "a number")
    try:
        number = float(label)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise _wrong_type(label, "a number") from None
    if isinstance(label, bool) or not math.isfinite(number):
        raise _wrong_type(label, "a finite number")
    return str(int(number)) if number.is_integer() and abs(number) < 2**53 else repr(number)


def _set(label: object) -> str:
    values = [label] if isinstance(label, str) else label
    if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
        raise _wrong_type(label, "a list of strings")
    return _json(sorted(set(values)))


def _structure(label: object) -> str:
    if not isinstance(label, list):
        raise _wrong_type(label, "a list")
    try:
        return _json(label)
    except ValueError:
        raise _wrong_type(label, "a list of finite numbers and texts") from None


def _json(value: object) -> str:
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def _wrong_type(label: object, wanted: str) -> InvalidEvent:
    # repr of a whole number of thousands of digits is itself an error.
    shown = (
        "of thousands of digits"
        if isinstance(label, int) and abs(label) > 10**300
        else repr(label)[:80]
    )
    return InvalidEvent(f"label {shown} is not {wanted}", code="label_wrong_type")


_TEXT = {
    "nominal": _word,
    "ordinal": _word,
    "interval": _number,
    "ratio": _number,
    "set": _set,
    "spans": _structure,
    "boxes": _structure,
    "text": _word,
}
