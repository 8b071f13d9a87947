"""What truth inference reads: integer-coded labels, items whose class is known, weights."""

from dataclasses import dataclass

import numpy as np

from labeltrust.domain.errors import InvalidInput
from labeltrust.inference._label_matrix import LabelMatrix, label_matrix
from labeltrust.inference.crowd_rows import CrowdRows, Float, Int

UNKNOWN = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdLabels:
    """Labels of a crowd in any order.

    Attributes:
        item: (n,) item codes in [0, n_items).
        labeler: (n,) labeler codes in [0, n_labelers).
        label: (n,) class codes in [0, n_classes).
        n_items: Size of the item code space.
        n_labelers: Size of the labeler code space.
        n_classes: Size of the class code space, at least 1.
        gold: (n_items,) known class of each item, -1 where unknown; None: none is known.
        weight: (n,) what each label counts, at least 0, for instance the trust in its labeler;
            None: 1. A label of weight w counts like w labels of the same labeler.
    """

    item: Int
    labeler: Int
    label: Int
    n_items: int
    n_labelers: int
    n_classes: int
    gold: Int | None = None
    weight: Float | None = None


def crowd_labels(rows: CrowdRows, trust: Float | None = None) -> CrowdLabels:
    """Return the labels of fitting rows, each labeler weighted by the trust in him.

    Args:
        rows: One label a labeler and item.
        trust: (n_labelers,) weights, at least 0; None: everybody counts the same.

    >>> from labeltrust.counts import block
    >>> from labeltrust.inference.crowd_rows import crowd_rows
    >>> b = block([1, 1], [0, 1], [0, 1], n_labelers=2, values=[0, 1])
    >>> crowd_labels(crowd_rows(b), np.array([1.0, 0.5])).weight.tolist()
    [1.0, 0.5]
    """
    return CrowdLabels(
        item=rows.item,
        labeler=rows.labeler,
        label=rows.label,
        n_items=rows.n_items,
        n_labelers=rows.n_labelers,
        n_classes=rows.n_classes,
        gold=rows.gold,
        weight=None if trust is None else trust[rows.labeler],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The items that have labels and the classes that occur, coded without gaps.

    Attributes:
        matrix: Their labels.
        items: (k,) item codes of the rows of `matrix`.
        classes: (c,) class codes of its classes.
        n_labels: (n_items,) labels of positive weight on each item.
    """

    matrix: LabelMatrix
    items: Int
    classes: Int
    n_labels: Int


def prepared(labels: CrowdLabels) -> Prepared:
    """Code items with labels and classes that occur without gaps, and build the matrix.

    A class that nobody gave and no gold item has is left out: nothing speaks for it, and the floor
    under probabilities would let it win where labelers are at odds.

    Raises:
        InvalidInput: Columns of unlike length, codes outside their space, weights that are negative
            or not finite.
    """
    weight = np.ones(labels.item.size) if labels.weight is None else labels.weight
    gold = np.full(labels.n_items, UNKNOWN) if labels.gold is None else labels.gold
    _check(labels, weight, gold)
    counts = weight > 0
    item, who, label = labels.item, labels.labeler, labels.label
    if not counts.all():
        item, who, label = (x[counts] for x in (item, who, label))
        weight = weight[counts]
    n_labels = np.bincount(item, minlength=labels.n_items)
    items = np.flatnonzero(n_labels)
    occurs = np.bincount(label, minlength=labels.n_classes)
    occurs += np.bincount(gold[items][gold[items] >= 0], minlength=labels.n_classes)
    classes = np.flatnonzero(occurs) if occurs.any() else np.arange(labels.n_classes)
    place = np.append(_places(classes, labels.n_classes), UNKNOWN)  # so that -1 stays -1
    cell = who * classes.size + place[label]
    row = _places(items, labels.n_items)[item]
    shape = (labels.n_labelers, classes.size)
    return Prepared(
        matrix=label_matrix(row, cell, weight, place[gold[items]], shape),
        items=items,
        classes=classes,
        n_labels=n_labels,
    )


def _places(codes: Int, size: int) -> Int:
    """Return for each code of a space its place among those that occur."""
    out = np.full(size, UNKNOWN, dtype=np.int64)
    out[codes] = np.arange(codes.size)
    return out


def _check(labels: CrowdLabels, weight: Float, gold: Int) -> None:
    columns = (
        ("item", labels.item, labels.n_items),
        ("labeler", labels.labeler, labels.n_labelers),
        ("label", labels.label, labels.n_classes),
        ("gold", np.maximum(gold, 0), max(labels.n_classes, 1)),
    )
    for name, codes, size in columns:
        if codes.size and (codes.min() < 0 or codes.max() >= size):
            detail = f"{name} codes run from {codes.min()} to {codes.max()}, outside [0, {size})"
            raise InvalidInput(detail, code="code_outside_space")
    sizes = {x.size for x in (labels.item, labels.labeler, labels.label, weight)}
    if len(sizes) > 1 or gold.size != labels.n_items:
        detail = f"columns have {sorted(sizes)} rows, gold {gold.size} for {labels.n_items} items"
        raise InvalidInput(detail, code="columns_unlike")
    if not np.isfinite(weight).all() or (weight < 0).any():
        raise InvalidInput("weights must be finite and not negative", code="weight_invalid")
