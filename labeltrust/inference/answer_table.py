"""What every labeler answers where his peers believe what: one table that all profiles read.

Items are of two kinds: `clear` ones, on which nearly all peers agree, and `unclear` ones. A weak
honest labeler errs mostly on the unclear, a labeler who flips errs on both alike; so the kinds are
kept apart.
"""

from dataclasses import dataclass

import numpy as np

from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import Bool, Float, summed

CLEAR = 0.75
"""Share of an item's peers that agree above which it is clear; with four peers, all of them."""
N_KINDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTable:
    """Answers by labeler, kind of item, class that the peers believe in and class given.

    Attributes:
        n: (n_labelers, N_KINDS, n_classes, n_classes) expected counts: an item that is of class t
            with belief b counts b times in row t.
        typical: (N_KINDS, n_classes, n_classes) P(given | believed) of the reference labelers,
            nobody of them counting for more than the median.
    """

    n: Float
    typical: Float

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return int(self.n.shape[-1])


def answer_table(crowd: FittedCrowd, counts: Bool | None = None) -> AnswerTable:
    """Count everybody's answers on items that have reference peers or gold.

    Args:
        crowd: The fitted crowd.
        counts: (n,) rows that count; by default all.

    >>> from labeltrust.counts import block
    >>> from labeltrust.inference.crowd import fit_crowd
    >>> from labeltrust.inference.crowd_rows import crowd_rows
    >>> b = block([1, 1, 1], [0, 1, 2], [0, 0, 0], n_labelers=3, values=[0, 1])
    >>> table = answer_table(fit_crowd(crowd_rows(b), np.ones(3, dtype=bool)))
    >>> table.n.shape, float(table.n.sum().round(6))
    ((3, 2, 2, 2), 3.0)
    """
    rows = crowd.rows
    heard = crowd.others.sum(axis=1)
    known = (heard > 0) | (rows.gold[rows.item] >= 0)
    at = np.flatnonzero(known if counts is None else known & counts)
    unclear = crowd.others[at].max(axis=1, initial=0) <= CLEAR * heard[at]
    shape = (rows.n_labelers, N_KINDS, rows.n_classes)
    cell = (rows.labeler[at] * N_KINDS + unclear) * rows.n_classes + rows.label[at]
    of_class = [
        summed(cell, crowd.belief[at, true], int(np.prod(shape))).reshape(shape)
        for true in range(rows.n_classes)
    ]
    n = np.stack(of_class, axis=2)
    return AnswerTable(n=n, typical=_typical(n, crowd.model.reference))


def _typical(n: Float, reference: Bool) -> Float:
    total = n.sum(axis=(1, 2, 3))
    busy = total[reference & (total > 0)]
    cap = float(np.median(busy)) if busy.size else 1.0
    voice = np.where(reference, np.minimum(1.0, cap / np.maximum(total, 1.0)), 0.0)
    pooled = np.einsum("lktx,l->ktx", n, voice) + 0.5
    shares: Float = pooled / pooled.sum(axis=-1, keepdims=True)
    return shares
