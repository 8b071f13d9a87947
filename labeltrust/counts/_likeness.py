"""How alike labels with parts are, for the pairs of labels that meet."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int = NDArray[np.int64]
Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """Pairs of judgments of any two shared items, to see how unlike labels are by chance.

    Attributes:
        labeler: (p, 4) without whom the pair would not be: who gave the two judgments, and of items
            with two labelers the other one, too.
        group: (p, 2) resampling groups of their items.
        distance: (p,) 1 - similarity.
        weight: (p,) how much each pair counts.
        complete: Whether these are all pairs there are, or a random sample of them.
    """

    labeler: Int
    group: Int
    distance: Float
    weight: Float
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Similarities of the labels of a project, so far as they meet on an item or its gold.

    It belongs to the label codes, not to a block: parts of a project share one.

    Attributes:
        key: (k,) smaller code times `n_labels` plus larger code, ascending, each once.
        value: (k,) their similarity in [0, 1].
        n_labels: Size of the label code space.
        chance: How unlike labels are by chance.
    """

    key: Int
    value: Float
    n_labels: int
    chance: Chance

    def of(self, one: Int, two: Int) -> Float:
        """Return the similarity of pairs of labels: 1 for equal ones, NaN where not known.

        Args:
            one: (k,) label codes.
            two: (k,) label codes.
        """
        key = np.minimum(one, two) * self.n_labels + np.maximum(one, two)
        at = np.searchsorted(self.key, key)
        found = np.append(self.key, -1)[at] == key
        value = np.where(found, np.append(self.value, np.nan)[at], np.nan)
        return np.where(one == two, 1.0, value)
