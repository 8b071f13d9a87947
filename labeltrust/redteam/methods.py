"""Ways to rank labelers by suspicion: the product's own, and what a careful person does by hand.

Benchmarks bring others along as `Method` values; nothing here knows a peer's library.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from labeltrust.counts import Judgments, coincidences
from labeltrust.metrics.krippendorff_alpha import krippendorff_alpha
from labeltrust.redteam.measures import Float

OURS = "labeltrust"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A way to rank labelers.

    Attributes:
        name: As the report calls it.
        score: Judgments to (n_labelers,) scores; larger is more suspect, NaN where undefined. A
            function of a module, since runs happen in other processes.
        most_seeds: Seeds of a cell that it is run on, since it is slow; None for all.
        told: What it is given beyond labels, or what else a reader must know; empty for nothing.
    """

    name: str
    score: Callable[[Judgments], Float]
    most_seeds: int | None = None
    told: str = ""


def majority_label(judgments: Judgments) -> Float:
    """Return the plurality label of each item, the lowest code of those that tie, (n_items,).

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 1, 2], [0, 1, 2, 0], [1, 0, 1, 0], n_labelers=3, values=[0, 1])
    >>> majority_label(b).tolist()
    [1, 0]
    """
    votes = np.bincount(
        judgments.item * judgments.n_labels + judgments.label,
        minlength=judgments.n_items * judgments.n_labels,
    )
    most: Float = votes.reshape(-1, judgments.n_labels).argmax(axis=1)
    return most


def kappa_to_majority(judgments: Judgments) -> Float:
    """Return one less Cohen's kappa of each labeler with the majority of his items, his vote in it.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 1, 2, 2, 2], [0, 1, 2] * 2, [1, 1, 0, 0, 0, 0], n_labelers=3,
    ...           values=[0, 1])
    >>> kappa_to_majority(b).tolist()
    [0.0, 0.0, 1.0]
    """
    size = judgments.n_labels
    said = majority_label(judgments)[judgments.item].astype(np.int64)
    cell = (judgments.labeler * size + judgments.label) * size + said
    table = np.bincount(cell, minlength=judgments.n_labelers * size * size)
    table = table.reshape(-1, size, size)
    n = table.sum(axis=(1, 2)).astype(np.float64)
    observed = np.trace(table, axis1=1, axis2=2)
    expected = (table.sum(axis=1) * table.sum(axis=2)).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        score: Float = 1 - (observed * n - expected) / (n**2 - expected)
    return score


def alpha_without(judgments: Judgments) -> Float:
    """Return how much Krippendorff's alpha rises when a labeler is left out."""
    value: Float = krippendorff_alpha(coincidences.count(judgments)).effect.value
    return value


BY_HAND = (
    Method(name="kappa to majority", score=kappa_to_majority),
    Method(name="alpha without the labeler", score=alpha_without),
)
