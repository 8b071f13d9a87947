"""What gold and what peers say of a labeler, class by class, as right answers of all answers."""

from dataclasses import dataclass

import numpy as np

from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import summed
from labeltrust.policy.population import Bool, Float, Int

RECENT_PEERS = 100
"""Last answers on items with peers that are recent: long enough to hold some of a rare class."""
RECENT_GOLD = 12
"""Last gold answers of a class, of those given since then, that are recent."""
_RIDGE = 1.0
"""Items at the typical accuracy that steady a class of which peers are never sure."""
_TINY = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """Right and all answers by labeler and true class; shape (n_labelers, n_classes).

    Attributes:
        right: Right answers; a fraction where peers are unsure of the class.
        n: All answers.
    """

    right: Float
    n: Float

    def at_most(self, most: float) -> "Right":
        """Return the same shares, of no more than `most` answers a class.

        >>> Right(right=np.array([[8.0]]), n=np.array([[10.0]])).at_most(5.0).right.tolist()
        [[4.0]]
        """
        share = np.minimum(1.0, most / np.maximum(self.n, _TINY))
        return Right(right=self.right * share, n=self.n * share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is known of every labeler over a stretch of his rows.

    Attributes:
        gold: Answers on gold.
        believed: Answers on other items with peers, by their belief in each class: for people.
        peers: The same as the gold answers that they would be worth: to reckon with.
    """

    gold: Right
    believed: Right
    peers: Right


def whole_record(crowd: FittedCrowd, counts: Bool) -> Record:
    """Return the record over all rows that count, (n,) bool."""
    return _record(crowd, *_rows(crowd, counts))


def recent_record(crowd: FittedCrowd, counts: Bool) -> Record:
    """Return the record over each labeler's last rows that count.

    These are the last `RECENT_PEERS` rows with peers, and the gold answers since then, no more than
    `RECENT_GOLD` a class: one more gold answer never pushes out one of another class.
    """
    gold, peers = _rows(crowd, counts)
    rows, place = crowd.rows, np.empty(crowd.rows.n, dtype=np.int64)
    place[crowd.order] = np.arange(rows.n)
    back = _back(rows.labeler[peers])
    since = np.zeros(rows.n_labelers, dtype=np.int64)
    oldest = peers[back == RECENT_PEERS - 1]
    since[rows.labeler[oldest]] = place[oldest]
    gold = gold[place[gold] >= since[rows.labeler[gold]]]
    cell = rows.labeler[gold] * rows.n_classes + rows.gold[rows.item[gold]]
    return _record(crowd, gold[_back(cell) < RECENT_GOLD], peers[back < RECENT_PEERS])


def _rows(crowd: FittedCrowd, counts: Bool) -> tuple[Int, Int]:
    """Return the rows on gold and those on other items with peers, in received order."""
    order = crowd.order[counts[crowd.order]]
    known = crowd.rows.gold[crowd.rows.item[order]] >= 0
    other = order[~known]
    return order[known], other[crowd.others[other].sum(axis=1) > 0]


def _back(group: Int) -> Int:
    """Return how many rows of its group come after each row.

    >>> _back(np.array([3, 1, 3, 3])).tolist()
    [2, 0, 1, 0]
    """
    order = np.argsort(group, kind="stable")
    _, first, size = np.unique(group[order], return_index=True, return_counts=True)
    out = np.empty(group.size, dtype=np.int64)
    out[order] = np.repeat(first + size - 1, size) - np.arange(group.size)
    return out


def _record(crowd: FittedCrowd, gold: Int, peers: Int) -> Record:
    believed, worth = _of_peers(crowd, peers)
    return Record(gold=_of_gold(crowd, gold), believed=believed, peers=worth)


def _of_gold(crowd: FittedCrowd, at: Int) -> Right:
    rows = crowd.rows
    true = rows.gold[rows.item[at]]
    cell = rows.labeler[at] * rows.n_classes + true
    size, shape = rows.n_labelers * rows.n_classes, (rows.n_labelers, rows.n_classes)
    right = summed(cell, rows.label[at] == true, size).reshape(shape)
    return Right(right=right, n=summed(cell, np.ones(at.size), size).reshape(shape))


def _of_peers(crowd: FittedCrowd, at: Int) -> tuple[Right, Right]:
    """Return answers as believed, and as the gold answers that they would be worth.

    Peers are never quite sure, so a right answer is believed less often than it is right. With b
    the belief in each class and x the label given, the labeler's confusion K solves
    sum(b x') = sum(b b') K by least squares; it is sought from the typical one. The inverse of
    sum(b b') is the variance of that answer per unit of noise, so one over its diagonal is the
    number of sure items that would tell as much.
    """
    rows, typical, belief = crowd.rows, crowd.model.typical, crowd.belief[at]
    who, said = rows.labeler[at], np.eye(rows.n_classes)[rows.label[at]]
    design = _products(who, belief, belief, rows.n_labelers)
    given = _products(who, belief, said, rows.n_labelers)
    inverse = np.linalg.inv(design + _RIDGE * np.eye(rows.n_classes)).astype(np.float64)
    confusion = typical + inverse @ (given - design @ typical)
    accuracy = np.clip(_diagonal(confusion), 0.0, 1.0)
    worth = np.maximum(1 / _diagonal(inverse) - _RIDGE, 0.0)
    believed = Right(right=_diagonal(given), n=given.sum(axis=2))
    return believed, Right(right=accuracy * worth, n=worth)


def _diagonal(tables: Float) -> Float:
    return np.diagonal(tables, axis1=1, axis2=2).copy()


def _products(labeler: Int, one: Float, two: Float, n_labelers: int) -> Float:
    """Sum the outer products of the rows of two tables by labeler, (n_labelers, k, k)."""
    k = one.shape[1]
    cells = [summed(labeler, one[:, s] * two[:, t], n_labelers) for s in range(k) for t in range(k)]
    return np.moveaxis(np.array(cells).reshape(k, k, n_labelers), 2, 0)
