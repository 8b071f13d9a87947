"""The block that every counter reads, and the counts that every counter returns."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

Int = NDArray[np.int64]
Float = NDArray[np.float64]
C = TypeVar("C")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgments:
    """Whole items with all their current judgments, as integer-coded columns sorted by item.

    Codes are global to the assessment (a partition uses the same labeler and label codes as any
    other), so that counts of two blocks add up. Rows of one item lie together.

    Attributes:
        item: (n,) item codes in [0, n_items), ascending; local to the block.
        labeler: (n,) labeler codes in [0, n_labelers).
        label: (n,) label codes in [0, n_labels).
        occurred_us: (n,) event time in microseconds since 1970, UTC.
        received_us: (n,) received time, same unit.
        duration_seconds: (n,) seconds spent, NaN where unknown.
        gold: (n_items,) gold label code of each item, -1 where it has none.
        values: (n_labels,) numeric position of each label: rank for ordinal, the number itself for
            interval and ratio, the code for nominal.
        item_id: (n_items,) opaque item ids, for evidence only.
        n_labelers: Size of the labeler code space.
        level: `nominal`, `ordinal`, `interval` or `ratio`.
    """

    item: Int
    labeler: Int
    label: Int
    occurred_us: Int
    received_us: Int
    duration_seconds: Float
    gold: Int
    values: Float
    item_id: Int
    n_labelers: int
    level: str

    @property
    def n(self) -> int:
        """Number of judgments in the block."""
        return int(self.item.size)

    @property
    def n_items(self) -> int:
        """Number of items in the block."""
        return int(self.gold.size)

    @property
    def n_labels(self) -> int:
        """Size of the label code space."""
        return int(self.values.size)


class Counts(Protocol):
    """Sums over items; those of two disjoint blocks add up to those of both."""

    def __add__(self, other: Self, /) -> Self:
        """Return the counts of both blocks together."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter(Generic[C]):
    """A counter found by discovery: its name, the type it returns and the function itself."""

    name: str
    counts: type[C]
    count: Callable[[Judgments], C]
