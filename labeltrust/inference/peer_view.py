"""What peers say of each row that has any, and what a typical labeler would say of its item."""

from dataclasses import dataclass

import numpy as np

from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import Float, Int


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerView:
    """Rows with peers or gold, by labeler and in received order.

    Attributes:
        row: (k,) row of the crowd.
        labeler: (k,) whose.
        label: (k,) class given.
        believed: (k,) class that peers or gold believe in most.
        chance: (k, n_classes) chance of each answer from a typical labeler, given that belief.
        own_chance: (k,) chance that the labeler himself answers as believed, by his confusions.
    """

    row: Int
    labeler: Int
    label: Int
    believed: Int
    chance: Float
    own_chance: Float


def peer_view(crowd: FittedCrowd, sure: float = 0.0) -> PeerView:
    """Return what peers say of every row they say anything of.

    Args:
        crowd: The fitted crowd.
        sure: Least belief in one class for a row to be returned, in [0, 1].

    >>> from labeltrust.counts import block
    >>> from labeltrust.inference.crowd import fit_crowd
    >>> from labeltrust.inference.crowd_rows import crowd_rows
    >>> b = block([1, 1, 1, 2], [0, 1, 2, 0], [0, 0, 1, 1], n_labelers=3, values=[0, 1])
    >>> view = peer_view(fit_crowd(crowd_rows(b), np.ones(3, dtype=bool)))
    >>> view.labeler.tolist(), view.label.tolist()
    ([0, 1, 2], [0, 0, 1])
    """
    rows = crowd.rows
    seen = (crowd.others.sum(axis=1) > 0) | (rows.gold[rows.item] >= 0)
    seen &= crowd.belief.max(axis=1, initial=0.0) >= sure
    row = crowd.order[seen[crowd.order]]
    believed = crowd.belief[row].argmax(axis=1)
    own = np.exp(crowd.model.log_confusion[rows.labeler[row], believed])
    return PeerView(
        row=row,
        labeler=rows.labeler[row],
        label=rows.label[row],
        believed=believed,
        own_chance=(crowd.belief[row] * own).sum(axis=1),
        chance=crowd.belief[row] @ crowd.model.typical,
    )
