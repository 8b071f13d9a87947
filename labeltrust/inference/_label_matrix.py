"""Labels of a crowd as a sparse matrix of items by (labeler, label), swept in blocks of items.

Everything that truth inference needs of a million labels is two products with that matrix: log
likelihoods of items (matrix times confusions) and confusions (transposed matrix times posterior).
The transposed product reads the same rows, so both are done while a block lies in the cache.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from labeltrust.inference.crowd_rows import Float, Int, summed

_CELLS = 1 << 17
"""Items times classes of a block: a mebibyte of posterior, which fits into a core's cache."""
_EXCLUDED = -1e300
"""Log likelihood of the classes that a gold item does not have; finite, so that 0 times it is 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Consecutive items.

    Attributes:
        first: First item.
        end: One past the last.
        labels: (end - first, n_labelers * n_classes) weight of each label given.
        known: (k,) places in the block of items whose class is known.
        excluded: (n_classes, k) True for the classes that those items do not have.
    """

    first: int
    end: int
    labels: sparse.csr_array
    known: Int
    excluded: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelMatrix:
    """All labels of a crowd.

    Attributes:
        blocks: The items in order.
        given: (n_labelers * n_classes,) summed weight of each labeler's labels, by label.
        n_items: Number of items.
        n_classes: Number of classes.
    """

    blocks: tuple[Block, ...]
    given: Float
    n_items: int
    n_classes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """Sums over all items of one expectation step.

    Attributes:
        table: (n_labelers * n_classes, n_classes) expected labels by labeler, label, true class.
        items: (n_classes,) expected items of each class.
        entropy: Of the posterior, in nats.
        log_likelihood: Of the labels, in nats.
    """

    table: Float
    items: Float
    entropy: float
    log_likelihood: float


def label_matrix(
    item: Int, cell: Int, weight: Float, gold: Int, shape: tuple[int, int]
) -> LabelMatrix:
    """Build the matrix; labels that lie on one place add up.

    Args:
        item: (n,) item codes, in any order.
        cell: (n,) labeler code times n_classes plus label code.
        weight: (n,) weight of each label.
        gold: (n_items,) known class of each item, -1 where unknown.
        shape: Number of labelers and of classes.
    """
    size = shape[0] * shape[1]
    placed = sparse.coo_array((weight, (_narrow(item), _narrow(cell))), shape=(gold.size, size))
    whole = placed.tocsr()
    step = max(_CELLS // shape[1], 1)
    cuts = [*range(0, gold.size, step), gold.size]
    return LabelMatrix(
        blocks=tuple(_block(whole, gold, shape[1], a, b) for a, b in pairwise(cuts)),
        given=summed(cell, weight, size),
        n_items=gold.size,
        n_classes=shape[1],
    )


def _narrow(codes: Int) -> NDArray[np.integer]:
    """Return codes in 32 bits where they fit: half the memory to read at every product."""
    fits = codes.size < np.iinfo(np.int32).max and codes.max(initial=0) < np.iinfo(np.int32).max
    return codes.astype(np.int32) if fits else codes


def _block(whole: sparse.csr_array, gold: Int, n_classes: int, first: int, end: int) -> Block:
    low, high = whole.indptr[first], whole.indptr[end]
    rows = whole.indptr[first : end + 1] - low
    part = (whole.data[low:high], whole.indices[low:high], rows)
    known = np.flatnonzero(gold[first:end] >= 0)
    return Block(
        first=first,
        end=end,
        labels=sparse.csr_array(part, shape=(end - first, whole.shape[1])),
        known=known,
        excluded=np.arange(n_classes)[:, None] != gold[first:end][known],
    )


def votes(matrix: LabelMatrix, posterior: Float) -> Swept:
    """Fill in the share of the votes for each class, certain on gold, and sum up.

    Args:
        matrix: The labels; every item has some.
        posterior: (n_items, n_classes), is overwritten.
    """
    label = np.arange(matrix.given.size) % matrix.n_classes
    ballot = (label[:, None] == np.arange(matrix.n_classes)).astype(np.float64)
    table, items = np.zeros_like(ballot), np.zeros(matrix.n_classes)
    for block in matrix.blocks:
        share = np.ascontiguousarray((block.labels @ ballot).T)
        share /= share.sum(axis=0)
        share[:, block.known] = ~block.excluded
        posterior[block.first : block.end] = share.T
        table += block.labels.T @ posterior[block.first : block.end]
        items += share.sum(axis=1)
    return Swept(table=table, items=items, entropy=0.0, log_likelihood=0.0)


def sweep(matrix: LabelMatrix, log_confusion: Float, log_prior: Float, posterior: Float) -> Swept:
    """Fill in the posterior of every item's class, and sum up what maximisation needs.

    Args:
        matrix: The labels.
        log_confusion: (n_labelers * n_classes, n_classes) log P(label | true class).
        log_prior: (n_classes,) log shares of the classes.
        posterior: (n_items, n_classes), is overwritten.
    """
    table, items = np.zeros_like(log_confusion), np.zeros(matrix.n_classes)
    entropy = log_likelihood = 0.0
    for block in matrix.blocks:
        # classes by items: reductions over classes then run along whole rows of memory
        scores = np.ascontiguousarray((block.labels @ log_confusion).T)
        scores += log_prior[:, None]
        if block.known.size:
            at = scores[:, block.known]
            scores[:, block.known] = np.where(block.excluded, _EXCLUDED, at)
        top = scores.max(axis=0)
        scores -= top
        share = np.exp(scores)
        total = share.sum(axis=0)
        share /= total
        log_total = float(np.log(total).sum())
        scores *= share  # not a dot product: BLAS would start threads, for a sum that memory bounds
        entropy += log_total - float(scores.sum())
        log_likelihood += log_total + float(top.sum())
        posterior[block.first : block.end] = share.T
        table += block.labels.T @ posterior[block.first : block.end]
        items += share.sum(axis=1)
    return Swept(table=table, items=items, entropy=entropy, log_likelihood=log_likelihood)
