"""What a model suggested for a judgment, out of the detail of its event."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.labels import canonical_label

NO_SUGGESTION = -1
NAMED = (
    "CASE WHEN detail = '{}' THEN NULL "
    "WHEN replace(detail, '\"suggestion\":', '') <> detail THEN detail END"
)
"""The detail where it names a suggestion, else nothing; in words that both databases know."""


class _Detail(msgspec.Struct):
    suggestion: msgspec.Raw = msgspec.Raw(b"null")


_decode = msgspec.json.Decoder(_Detail).decode


class Suggestions(dict[bytes, int]):
    """Codes of suggestions as JSON, given as they are met."""

    def __missing__(self, raw: bytes) -> int:
        """Give a new suggestion the next code."""
        code = self[raw] = len(self)
        return code

    def codes(self, details: Sequence[str | None]) -> NDArray[np.int64]:
        """Return the code of each detail's suggestion, -1 where it is None."""
        if not any(details):
            return np.full(len(details), NO_SUGGESTION, dtype=np.int64)
        found = [
            NO_SUGGESTION if text is None else self[bytes(_decode(text).suggestion)]
            for text in details
        ]
        return np.array(found, dtype=np.int64)


def as_labels(
    suggestion: NDArray[np.int64], raw: Sequence[bytes], words: Sequence[str], scale: str
) -> NDArray[np.int64]:
    """Return suggestions as label codes, -1 for none and for labels that nobody gave.

    A suggestion has the canonical text of its scale, as labels have: a nominal `2.0` is "2".

    Args:
        suggestion: (n,) codes into `raw`, -1 for none.
        raw: Suggestions as JSON.
        words: Canonical labels by code.
        scale: The question's scale.

    >>> as_labels(np.array([1, -1, 0]), (b'"spam"', b'2.0'), ("2", "3"), "nominal").tolist()
    [0, -1, -1]
    >>> as_labels(np.array([1, -1, 0]), (b'"2"', b'"2.0"'), ("2", "3"), "nominal").tolist()
    [-1, -1, 0]
    >>> as_labels(np.array([1, -1, 0]), (b'"spam"', b'2.0'), ("2", "3"), "interval").tolist()
    [0, -1, -1]
    """
    code = {word: place for place, word in enumerate(words)}
    recode = [code.get(_canonical(text, scale), NO_SUGGESTION) for text in raw]
    return np.array([*recode, NO_SUGGESTION], dtype=np.int64)[suggestion]


def _canonical(raw: bytes, scale: str) -> str:
    try:
        return canonical_label(msgspec.json.decode(raw), scale, None)
    except InvalidEvent:
        return ""
