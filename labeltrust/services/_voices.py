"""How much each labeler's vote weighs in a consensus of labels with parts."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from labeltrust.store.names import Labeler

LEAST = 0.05
"""Nobody's vote counts for nothing: among distrusted labelers the better one still decides."""

Voices = Mapping[str, Mapping[int, float]]
"""Trust by opaque labeler id, by question."""


def weights(labelers: Sequence[Labeler], trust: Mapping[int, float]) -> NDArray[np.float64]:
    """Return the weight of each labeler's vote; who is not known yet counts like the median.

    >>> people = [Labeler(id=n, name="x", kind="human", id_space="a") for n in (1, 2, 3)]
    >>> weights(people, {1: 0.9, 2: 0.0}).tolist()
    [0.9, 0.05, 0.45]
    """
    usual = float(np.median(list(trust.values()))) if trust else 1.0
    given = np.array([trust.get(labeler.id, usual) for labeler in labelers], dtype=np.float64)
    return np.maximum(given, LEAST)
