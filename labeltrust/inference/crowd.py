"""A fitted crowd with what every sequential test reads of it, row by row."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeltrust.inference.blocks import received_order
from labeltrust.inference.crowd_model import CrowdModel, fit_crowd_model, peer_belief
from labeltrust.inference.crowd_rows import Bool, CrowdRows, Float, Int


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedCrowd:
    """A fitted crowd with its rows: what every family reads.

    Attributes:
        rows: One label a labeler and item.
        model: The fitted model.
        belief: (n, n_classes) `peer_belief` of each row.
        others: (n, n_classes) labels of other reference labelers on each row's item, by class.
        order: (n,) `received_order` of the rows.
        begins: (n_labelers + 1,) where each labeler's rows begin in `order`, and the end.
    """

    rows: CrowdRows
    model: CrowdModel
    belief: Float
    others: NDArray[np.int32]
    order: Int
    begins: Int

    def rows_of(self, labeler: int) -> Int:
        """Return a labeler's rows in received order."""
        return self.order[self.begins[labeler] : self.begins[labeler + 1]]


def fit_crowd(rows: CrowdRows, reference: Bool, order: Int | None = None) -> FittedCrowd:
    """Fit a crowd with the labels of the reference labelers, see `fit_crowd_model`.

    Args:
        rows: One label a labeler and item.
        reference: (n_labelers,) whose labels count.
        order: `received_order` of the rows, where it is at hand.
    """
    model = fit_crowd_model(rows, reference)
    return FittedCrowd(
        rows=rows,
        model=model,
        belief=peer_belief(model, rows),
        others=_others(rows, reference),
        order=received_order(rows) if order is None else order,
        begins=np.append(0, np.cumsum(rows.activity)),
    )


def _others(rows: CrowdRows, reference: Bool) -> NDArray[np.int32]:
    counted = reference[rows.labeler]
    cell = rows.item * rows.n_classes + rows.label
    votes = np.bincount(cell[counted], minlength=rows.n_items * rows.n_classes).astype(np.int32)
    out: NDArray[np.int32] = votes.reshape(rows.n_items, rows.n_classes)[rows.item]
    out[np.arange(rows.n), rows.label] -= counted
    return out
