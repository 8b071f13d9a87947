"""The one order in which counts of parts are added, so that every engine gives the same bits.

Sums of floats depend on their order. Parts are therefore added in groups of neighbours, and the
groups one after the other: machines can add a group each, and one process gives the same result.
"""

from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import chain, islice
from operator import add
from typing import Final, TypeVar

from labeltrust.counts import Counts

C = TypeVar("C", bound=Counts)
FAN_IN: Final = 16
"""Neighbouring parts added at one place: it must hold the counts of so many parts at once."""


def added(parts: Iterable[C]) -> C:
    """Return the sum of the counts of parts, or of groups of parts, from left to right."""
    return reduce(add, parts)


def added_in_groups(parts: Iterable[C]) -> C:
    """Return the sum of the counts of all parts in the common order.

    Args:
        parts: One a part, in order, at least one.

    >>> added_in_groups(iter([1] * 40))
    40
    """
    return added(added(group) for group in _groups(iter(parts)))


def _groups(parts: Iterator[C]) -> Iterator[Iterator[C]]:
    for first in parts:
        yield chain([first], islice(parts, FAN_IN - 1))
