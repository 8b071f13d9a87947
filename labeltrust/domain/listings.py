"""What is asked of a long list, and one page of the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What is asked of a list.

    Attributes:
        sort: A column of the list, with `-` before it from the greatest down; unknown values come
            last, and what is equal is ordered by number in the same direction. Empty, or no column
            of the list: the newest first.
        text: Part of what the list searches; case does not matter.
        chosen: A value for each filter; an empty one, or none, leaves it open.
        offset: Rows left out before the first; where so many are not found, the last page is meant.
        limit: At most so many.
    """

    sort: str = ""
    text: str = ""
    chosen: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    offset: int = 0
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Generic[T]):
    """Rows of one page in order, how many match, and how many there are without narrowing.

    >>> page = Listed(rows=[1, 2], n_found=3, n_all=9)
    >>> page.of(["one", "two"])
    Listed(rows=['one', 'two'], n_found=3, n_all=9)
    """

    rows: Sequence[T]
    n_found: int
    n_all: int

    def of(self, rows: Sequence[U]) -> "Listed[U]":
        """Return the same page with its rows told in another way."""
        return Listed(rows=rows, n_found=self.n_found, n_all=self.n_all)
