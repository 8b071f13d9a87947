"""What a file looks like at first sight: enough to tell its format."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

# The value's first character stands behind the name, so that a text in a value is no key.
_KEY = re.compile(rb'"((?:[^"\\\x00-\x1f]){1,200})"\s*:')


@dataclass(frozen=True)
class Look:
    """The first bytes of a file, or of some files in a zip or folder; and all names in it.

    >>> look = Look(b' [{"text": "x", "answer": "accept"}')
    >>> look.begin, look.has("text", "answer"), look.has("item")
    ('[', True, False)
    """

    head: bytes
    names: Sequence[str] = ()
    others: Sequence["Look"] = ()

    @cached_property
    def text(self) -> bytes:
        """The head without byte order mark and leading blanks."""
        return self.head.removeprefix(BYTE_ORDER_MARK).lstrip()

    @property
    def begin(self) -> str:
        """The first character, "" for an empty file."""
        return self.text[:1].decode("ascii", errors="replace")

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of JSON objects at any depth, as far as the head goes."""
        if self.begin not in {"[", "{"}:
            return frozenset()
        return frozenset(key.decode(errors="replace") for key in _KEY.findall(self.text))

    def has(self, *keys: str) -> bool:
        """Say whether all of some keys are there."""
        return self.keys.issuperset(keys)

    def has_any(self, *keys: str) -> bool:
        """Say whether one of some keys is there."""
        return not self.keys.isdisjoint(keys)

    def holds(self, *suffixes: str) -> bool:
        """Say whether a zip or folder holds a file with each of some endings."""
        return all(any(name.endswith(suffix) for name in self.names) for suffix in suffixes)
