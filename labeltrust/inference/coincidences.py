"""How often two labelers give the same label, given how the labels of the item are split.

Two honest labelers who err on the same hard items coincide too. So the item is conditioned on: of
its m labels k say x, and who they are is a draw in which each labeler counts by his own odds of
saying x (conditional Poisson sampling, Hajek 1964; the argument is Rasch's, 1960). How hard the
item is drops out of that draw.

The score of a pair on an item is the derivative of its log likelihood in the share of labels that
one copies from the other, at none: rare coincidences count most, disagreement speaks against.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_model import belief
from labeltrust.inference.crowd_rows import Bool, Float, Int

THETAS = np.array([0.1, 0.2, 0.35, 0.6, 1.0])
"""Points at which the tail of a sum of scores is bounded (Chernoff 1952); the best one is used."""
MOST_LABELS = 60
"""Items with more labels than this are left out: a pair is lost in them."""
_MOST_WEIGHT = 6.0
_CHUNK = 100_000
"""Pairs at a time, about: all that is reckoned of them stays near the processor."""
_STEPS = 12
_CLOSE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRows:
    """Pairs of labelers on contested items with one number of labels: (n_items, n_pairs) each.

    Attributes:
        rows: (n_items, m) rows of the crowd.
        low: (n_pairs,) place of one of the pair among the m.
        high: (n_pairs,) place of the other.
        score: Expectation 0 where the two are independent.
        variance: Its variance then; summed score / summed variance estimates the share copied.
        cumulants: (THETAS.size, n_items, n_pairs) log E exp(theta score), then.
        expected: Chance then that the two coincide.
    """

    rows: Int
    low: Int
    high: Int
    score: Float
    variance: Float
    cumulants: Float
    expected: Float


def pair_rows(crowd: FittedCrowd, items: Bool) -> Iterator[PairRows]:
    """Score every pair of labelers on every contested item, a chunk of items at a time.

    Contested are items with three labels or more, two of them alike and not all. Labels of
    everybody count, reference or not.

    Args:
        crowd: The fitted crowd.
        items: (n_items,) which items to score.

    >>> from labeltrust.counts import block
    >>> from labeltrust.inference.crowd import fit_crowd
    >>> from labeltrust.inference.crowd_rows import crowd_rows
    >>> b = block([1] * 4, [0, 1, 2, 3], [1, 1, 0, 0], n_labelers=4, values=[0, 1])
    >>> crowd = fit_crowd(crowd_rows(b), np.ones(4, dtype=bool))
    >>> found = next(pair_rows(crowd, np.array([True])))
    >>> (found.score > 0).tolist(), found.expected.round(1).tolist()
    ([[True, False, False, False, False, True]], [[0.3, 0.3, 0.3, 0.3, 0.3, 0.3]])
    """
    chance, believed = np.exp(crowd.model.log_confusion), belief(crowd.model, crowd.rows)
    for rows in _contested(crowd, items):
        item = crowd.rows.item[rows[:, 0]]
        yield _scored(crowd, rows, chance, believed[item])


def _contested(crowd: FittedCrowd, items: Bool) -> Iterator[Int]:
    """Yield the rows of contested items by their number of labels, (n_items, m) at a time."""
    rows = crowd.rows
    n_labels = np.bincount(rows.item, minlength=rows.n_items)
    cell = rows.item * rows.n_classes + rows.label
    votes = np.bincount(cell, minlength=rows.n_items * rows.n_classes)
    most = votes.reshape(rows.n_items, rows.n_classes).max(axis=1, initial=0)
    asked = items & (most > 1) & (most < n_labels)
    begins = np.cumsum(n_labels) - n_labels
    for m in np.unique(n_labels[asked & (n_labels <= MOST_LABELS)]):
        these = np.flatnonzero(asked & (n_labels == m))
        size = max(_CHUNK // int(m * m), 1)
        for start in range(0, these.size, size):
            yield begins[these[start : start + size], None] + np.arange(m)


def _scored(crowd: FittedCrowd, rows: Int, chance: Float, believed: Float) -> PairRows:
    labeler, label = crowd.rows.labeler[rows], crowd.rows.label[rows]
    low, high = np.triu_indices(rows.shape[1], k=1)
    score, mean, square, expected = np.zeros((4, rows.shape[0], low.size))
    powers = np.zeros((THETAS.size, *score.shape))
    for x in range(crowd.rows.n_classes):
        says = label == x
        k = says.sum(axis=1)
        at = np.flatnonzero((k > 1) & (k < rows.shape[1]))
        if not at.size:
            continue
        alone = np.einsum("nc,nmc->nm", believed[at], chance[labeler[at], x])
        weight, both = _weights(alone, k[at], low, high)
        mean[at] += both * weight
        square[at] += both * weight**2
        expected[at] += both
        score[at] += (says[at][:, low] & says[at][:, high]) * weight
        powers[:, at] += both * np.expm1(THETAS[:, None, None] * weight)
    return PairRows(
        rows=rows,
        low=low,
        high=high,
        score=score - mean,
        variance=square - mean**2,
        cumulants=np.log1p(powers) - THETAS[:, None, None] * mean,
        expected=expected,
    )


def _weights(chance: Float, k: Int, low: Int, high: Int) -> tuple[Float, Float]:
    """Return what a coincidence weighs, and its chance: two arrays (n, n_pairs).

    It weighs 1 / P(other | one), the mean over both directions. The chance that both are drawn is
    Hajek's approximation, scaled so that it is exact for labelers who are alike.

    Args:
        chance: (n, m) chance of each labeler to say so.
        k: (n,) how many say so, above 1 and below m.
        low: (n_pairs,) place of one of the pair.
        high: (n_pairs,) place of the other.
    """
    p = _drawn(logit(np.clip(chance, 1e-3, 1 - 1e-3)), k)
    spread = (p * (1 - p)).sum(axis=1, keepdims=True)
    one, other = p[:, low], p[:, high]
    both = one * other * np.maximum(1 - (1 - one) * (1 - other) / spread, 0.05)
    both *= (k * (k - 1) / 2 / both.sum(axis=1))[:, None]
    both = np.minimum(both, np.minimum(one, other))
    return np.minimum((one + other) / 2 / both, _MOST_WEIGHT), both


def _drawn(log_odds: Float, k: Int) -> Float:
    """Return the chance of each labeler to be among the k, (n, m): rows sum to k."""
    tilt = logit(k / log_odds.shape[1]) - log_odds.mean(axis=1)
    for _ in range(_STEPS):
        p = expit(log_odds + tilt[:, None])
        gap = k - p.sum(axis=1)
        tilt += np.clip(gap / np.maximum((p * (1 - p)).sum(axis=1), 1e-3), -2.0, 2.0)
        if np.abs(gap).max() < _CLOSE:
            break
    drawn: Float = expit(log_odds + tilt[:, None])
    return drawn
