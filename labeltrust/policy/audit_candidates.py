"""Which items an audit can draw, and what others said of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeltrust.domain.audits import ALONE, DISPUTED, KINDS, UNANIMOUS
from labeltrust.domain.similarity import MEASURES, RIGHT
from labeltrust.policy.audit_sampling import Candidates, Float, Int

Bool = NDArray[np.bool_]
Differs = Callable[[Int, Int], Bool]
_KIND = {name: place for place, name in enumerate(KINDS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Labeled:
    """The current judgments of a question; arrays have shape (n,).

    Attributes:
        item: Item ids.
        labeler: Codes of labelers.
        label: Codes of labels.
        words: Canonical labels by code.
        scale: Of the question.
    """

    item: Int
    labeler: Int
    label: Int
    words: Sequence[str]
    scale: str


def labeler_candidates(labeled: Labeled, labeler: int) -> Candidates:
    """Return the items of one labeler; an item is disputed if anybody else said otherwise.

    >>> said = Labeled(item=np.array([1, 1, 2, 2, 3]), labeler=np.array([0, 1, 0, 1, 0]),
    ...                label=np.array([0, 1, 0, 0, 1]), words=["a", "b"], scale="nominal")
    >>> labeler_candidates(said, 0).kind.tolist()
    [0, 1, 2]
    """
    mine = labeled.labeler == labeler
    # of several answers to one item, the last one in the order of the record
    item, first = np.unique(labeled.item[mine][::-1], return_index=True)
    label = labeled.label[mine][::-1][first]
    return _sorted(labeled, item, label, ~mine)


def consensus_candidates(labeled: Labeled) -> Candidates:
    """Return all items with the label most often given, the first of the scale where several are.

    >>> said = Labeled(item=np.array([1, 1, 1, 2]), labeler=np.array([0, 1, 2, 0]),
    ...                label=np.array([1, 1, 0, 1]), words=["a", "b"], scale="nominal")
    >>> found = consensus_candidates(said)
    >>> found.label.tolist(), found.kind.tolist()
    ([1, 1], [0, 2])
    """
    size = max(len(labeled.words), 1)
    pair, votes = np.unique(labeled.item * size + labeled.label, return_counts=True)
    item, label = pair // size, pair % size
    order = np.lexsort((label, -votes, item))
    found, first = np.unique(item[order], return_index=True)
    alone = np.bincount(np.searchsorted(found, labeled.item), minlength=found.size) == 1
    everybody = np.ones(labeled.item.size, dtype=np.bool_)
    told = _sorted(labeled, found, label[order][first], everybody)
    kind = np.where(alone, _KIND[ALONE], told.kind)
    return Candidates(item=told.item, label=told.label, kind=kind)


def _sorted(labeled: Labeled, item: Int, label: Int, others: Bool) -> Candidates:
    """Say of each item whether one of the others differs, none does, or there is none."""
    place = np.minimum(np.searchsorted(item, labeled.item), max(item.size - 1, 0))
    there = others & (item[place] == labeled.item) if item.size else np.zeros_like(others)
    place, said = place[there], labeled.label[there]
    apart = _differs(labeled)(label[place], said)
    known = np.bincount(place, minlength=item.size) > 0
    disputed = np.bincount(place[apart], minlength=item.size) > 0
    kind = np.where(disputed, _KIND[DISPUTED], np.where(known, _KIND[UNANIMOUS], _KIND[ALONE]))
    return Candidates(item=item, label=label, kind=kind.astype(np.int64))


def dissent(labeled: Labeled, pool: Candidates, but: int | None) -> Float:
    """Return the share of others who said otherwise, with half a vote on either side, (n,).

    Args:
        labeled: The judgments.
        pool: Items and the labels that are audited.
        but: Code of the labeler whose labels they are, or None.

    >>> said = Labeled(item=np.array([1, 1, 2]), labeler=np.array([0, 1, 0]),
    ...                label=np.array([0, 1, 1]), words=["a", "b"], scale="nominal")
    >>> dissent(said, labeler_candidates(said, 0), 0).tolist()
    [0.75, 0.5]
    """
    others = labeled.labeler != but if but is not None else np.ones(labeled.item.size, np.bool_)
    place = np.minimum(np.searchsorted(pool.item, labeled.item), max(pool.n - 1, 0))
    there = others & (pool.item[place] == labeled.item) if pool.n else np.zeros_like(others)
    place = place[there]
    apart = _differs(labeled)(pool.label[place], labeled.label[there])
    n = np.bincount(place, minlength=pool.n)
    found: Float = (np.bincount(place[apart], minlength=pool.n) + 0.5) / (n + 1)
    return found


def _differs(labeled: Labeled) -> Differs:
    make = MEASURES.get(labeled.scale)
    if make is None:
        return lambda one, two: one != two
    measure = make(labeled.words)
    return lambda one, two: measure(one, two) < RIGHT


def others_of(
    labeled: Labeled, items: Int, but: int | None
) -> Mapping[int, tuple[tuple[int, str], ...]]:
    """Return who labeled each of some items and how, as codes of labelers and canonical labels.

    Args:
        labeled: The judgments.
        items: Item ids.
        but: Code of the labeler who is left out, or None.
    """
    rows = np.flatnonzero(np.isin(labeled.item, items))
    found: dict[int, dict[int, str]] = {int(item): {} for item in items}
    for row in rows.tolist():
        who = int(labeled.labeler[row])
        if who != but:
            found[int(labeled.item[row])][who] = labeled.words[int(labeled.label[row])]
    return {item: tuple(said.items()) for item, said in found.items()}


MOST_CHOICES = 50
_LEAST_USE = 0.002


def common_labels(labeled: Labeled) -> tuple[str, ...]:
    """Return the labels that are in common use, in the order of the scale.

    Those of one labeler alone, and very rare ones, are left out: offered to a reviewer they would
    tell what somebody said.

    >>> said = Labeled(item=np.array([1, 1, 2]), labeler=np.array([0, 1, 0]),
    ...                label=np.array([0, 0, 1]), words=["a", "b"], scale="nominal")
    >>> common_labels(said)
    ('a',)
    """
    if labeled.scale not in {"nominal", "ordinal"} or not labeled.label.size:
        return ()
    size = len(labeled.words)
    uses = np.bincount(labeled.label, minlength=size)
    pairs = np.unique(labeled.labeler * size + labeled.label) % size
    users = np.bincount(pairs, minlength=size)
    fit = np.flatnonzero((users > 1) & (uses >= _LEAST_USE * labeled.label.size))
    kept = np.sort(fit[np.argsort(-uses[fit], kind="stable")][:MOST_CHOICES])
    return tuple(labeled.words[int(code)] for code in kept)
