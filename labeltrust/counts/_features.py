"""What is known of items beside their labels: numbers and categories, one column a feature."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labeltrust.domain.errors import InvalidInput

Int = NDArray[np.int64]
Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One feature of all items of a block.

    Attributes:
        values: (n_items,) the number, or the code of the category; NaN where nothing is known.
        words: Categories by code, in order of text; empty for numbers.
    """

    values: Float
    words: tuple[str, ...] = ()

    def of(self, items: Int) -> "Feature":
        """Return the feature of some items alone."""
        return Feature(values=self.values[items], words=self.words)


def item_features(
    item_id: Int, told: Mapping[str, tuple[ArrayLike, ArrayLike]]
) -> dict[str, Feature]:
    """Return features as columns over the items of a block.

    Args:
        item_id: (n_items,) ids of the items, ascending.
        told: By name: item ids, each once, and their values, numbers or texts of one length. Ids
            that are no items of the block are left out.

    Raises:
        InvalidInput: Ids and values of unlike length.

    >>> found = item_features(np.array([3, 7, 9]), {"country": ([9, 3], ["SE", "NO"])})
    >>> found["country"].words, found["country"].values.tolist()
    (('NO', 'SE'), [0.0, nan, 1.0])
    """
    return {name: _feature(item_id, name, *column) for name, column in told.items()}


def _feature(item_id: Int, name: str, ids: ArrayLike, values: ArrayLike) -> Feature:
    at, given = np.asarray(ids, dtype=np.int64).ravel(), np.asarray(values).ravel()
    if at.size != given.size:
        detail = f"feature {name[:80]!r} has {given.size} values for {at.size} items"
        raise InvalidInput(detail, code="columns_unlike")
    words: tuple[str, ...] = ()
    if given.dtype.kind not in "iufb":
        distinct, given = np.unique(given.astype(np.str_), return_inverse=True)
        words = tuple(distinct.tolist())
    out = np.full(item_id.size, np.nan)
    if item_id.size and at.size:
        place = np.minimum(np.searchsorted(item_id, at), item_id.size - 1)
        known = item_id[place] == at
        out[place[known]] = given[known]
    return Feature(values=out, words=words)
