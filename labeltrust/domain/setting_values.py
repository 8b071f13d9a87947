"""Settings as the environment gives them: text, read by the type of the default."""

import math
import types
from collections.abc import Callable, Mapping
from pathlib import Path

from labeltrust.domain.errors import Misconfigured


def parsed_value(name: str, text: str, default: object) -> object:
    """Return a value of the type of its default.

    Raises:
        Misconfigured: The text is none.

    >>> parsed_value("LABELTRUST_PORT", "9000", 8000)
    9000
    """
    try:
        return _PARSERS[type(default)](text)
    except (KeyError, ValueError, OverflowError):
        kind = type(default).__name__
        detail = f"{name} is {text!r}, which is not a {kind}"
        raise Misconfigured(detail) from None


def _flag(text: str) -> bool:
    return _FLAGS[text.lower()]


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


_FLAGS = types.MappingProxyType(
    {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
)
_PARSERS: Mapping[type, Callable[[str], object]] = types.MappingProxyType(
    {str: str, int: int, float: _finite, bool: _flag, type(Path()): Path}
)
