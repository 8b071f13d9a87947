"""How often a labeler is right on gold items, by class, and how far off on a scale."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from labeltrust.counts.confusion import Confusion
from labeltrust.metrics._estimates import TAIL, Estimates, Float, Int, Z, divided, estimates

NO_GOLD_ITEMS = "no gold items"


def gold_accuracy(counts: Confusion) -> Estimates:
    """Return each labeler's share of right answers on gold, with the Wilson interval.

    Wilson (1927); its coverage is close to nominal at any n (Brown, Cai, DasGupta 2001).

    Returns:
        (n_labelers,) shares in [0, 1]; n counts judgments on gold items.

    >>> from labeltrust.counts import block, confusion
    >>> b = block([1, 2], [0, 0], [0, 1], n_labelers=2, values=[0, 1], gold=([1, 2], [0, 0]))
    >>> found = gold_accuracy(confusion.count(b))
    >>> found[0].value, found[1].reason
    (0.5, 'no gold items')
    """
    return wilson(counts.correct, counts.n, NO_GOLD_ITEMS)


def wilson(right: Float | Int, n: Float | Int, reason: str) -> Estimates:
    """Return shares with Wilson score intervals, undefined with the reason where n is 0.

    Source: Wilson (1927), equation 8 in Brown, Cai, DasGupta (2001), "Interval Estimation for a
    Binomial Proportion", Statistical Science 16.

    >>> share = wilson(np.array([9]), np.array([10]), "no items")[0]
    >>> round(share.low, 3), round(share.high, 3)
    (0.596, 0.982)
    """
    size = np.asarray(n, dtype=np.float64)
    share = divided(np.asarray(right, dtype=np.float64), size)
    middle = (share * size + Z**2 / 2) / (size + Z**2)
    half = Z * np.sqrt(share * (1 - share) * size + Z**2 / 4) / (size + Z**2)
    low, high = np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)
    low, high = np.where(share == 0, 0.0, low), np.where(share == 1, 1.0, high)
    return estimates(share, low, high, size, (reason, size == 0))


def clopper_pearson(right: Float | Int, n: Float | Int, reason: str) -> Estimates:
    """Return shares with Clopper-Pearson intervals: never below 95 % coverage, so wider.

    Source: Clopper and Pearson (1934), as quantiles of Beta distributions.

    >>> share = clopper_pearson(np.array([10]), np.array([10]), "no items")[0]
    >>> round(share.low, 3), share.high
    (0.692, 1.0)
    """
    size, k = np.asarray(n, dtype=np.float64), np.asarray(right, dtype=np.float64)
    low = np.where(k > 0, stats.beta.ppf(1 - TAIL, np.maximum(k, 1e-9), size - k + 1), 0.0)
    miss = np.maximum(size - k, 1e-9)
    high = np.where(k < size, stats.beta.ppf(TAIL, k + 1, miss), 1.0)
    return estimates(divided(k, size), low, high, size, (reason, size == 0))


def probability_below(
    counts: Confusion, floor: float, prior: tuple[float, float] = (1.0, 1.0)
) -> Float:
    """Return the posterior probability that a labeler's gold accuracy is below a floor.

    With a Beta prior and binomial answers the posterior is Beta(prior + right, prior + wrong).

    Args:
        counts: Judgments on gold.
        floor: Share in [0, 1].
        prior: The two parameters of the Beta prior; uniform by default.

    Returns:
        (n_labelers,) probabilities; the prior's own where there is no gold.

    >>> from labeltrust.counts import block, confusion
    >>> b = block([1, 2], [0, 0], [0, 0], n_labelers=1, values=[0, 1], gold=([1, 2], [0, 0]))
    >>> probability_below(confusion.count(b), 0.5).tolist()
    [0.125]
    """
    right, n = counts.correct, counts.n
    below: Float = stats.beta.cdf(floor, prior[0] + right, prior[1] + n - right)
    return below


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """How labelers answer each gold class: one row per (labeler, gold label, own label).

    Attributes:
        labeler: (k,) labeler codes.
        gold: (k,) gold label codes.
        label: (k,) own label codes.
        share: Share of own label among the labeler's judgments on items of that gold label.
    """

    labeler: Int
    gold: Int
    label: Int
    share: Estimates


def class_confusion(counts: Confusion) -> Answers:
    """Return each labeler's answers per gold class, every class he met, right or wrong.

    The right answer of a class he met is always listed, with share 0 if he never gave it: a labeler
    who is right on 95 % of a skewed set can still miss every item of the small class.

    >>> from labeltrust.counts import block, confusion
    >>> b = block([1, 2], [0, 0], [1, 1], n_labelers=1, values=[0, 1], gold=([1, 2], [0, 1]))
    >>> found = class_confusion(confusion.count(b))
    >>> found.gold.tolist(), found.label.tolist(), found.share.value.tolist()
    ([0, 0, 1], [0, 1, 1], [0.0, 1.0, 1.0])
    """
    met = counts.table.over(0, 1)
    labeler, gold = met.index
    size = counts.table.shape[2]
    key = np.union1d(counts.table.key, met.key * size + gold)
    n_right = np.zeros(key.size)
    n_right[np.searchsorted(key, counts.table.key)] = counts.table.sums[0]
    place = np.searchsorted(met.key, key // size)
    share = wilson(n_right, met.sums[0][place], NO_GOLD_ITEMS)
    return Answers(labeler=labeler[place], gold=gold[place], label=key % size, share=share)


def class_recall(counts: Confusion) -> Answers:
    """Return each labeler's share of right answers per gold class he met.

    >>> from labeltrust.counts import block, confusion
    >>> b = block([1, 2], [0, 0], [1, 1], n_labelers=1, values=[0, 1], gold=([1, 2], [0, 1]))
    >>> class_recall(confusion.count(b)).share.value.tolist()
    [0.0, 1.0]
    """
    every = class_confusion(counts)
    right = np.flatnonzero(every.gold == every.label)
    return Answers(
        labeler=every.labeler[right],
        gold=every.gold[right],
        label=every.label[right],
        share=every.share.take(right),
    )


def gold_distance(counts: Confusion) -> Estimates:
    """Return each labeler's mean distance |label - gold| in units of the scale.

    Student interval of a mean, cut at 0. One judgment alone has no spread: its interval is the
    whole range of the scale.

    >>> from labeltrust.counts import block, confusion
    >>> b = block([1, 2], [0, 0], [0, 2], n_labelers=1, values=[0, 5, 10], level="interval",
    ...           gold=([1, 2], [1, 1]))
    >>> gold_distance(confusion.count(b))[0].value
    5.0
    """
    labeler, gold, label = counts.table.index
    size, weight = counts.table.shape[0], counts.table.sums[0]
    distance = np.abs(counts.values[label] - counts.values[gold])
    n, total, squares = (
        np.bincount(labeler, weight * distance**k, minlength=size).astype(np.float64)
        for k in range(3)
    )
    mean = divided(total, n)
    variance = divided(np.maximum(squares - n * mean**2, 0.0), n - 1)
    half = stats.t.ppf(TAIL, np.maximum(n - 1, 1)) * np.sqrt(divided(variance, n))
    span = float(np.ptp(counts.values)) if counts.values.size else 0.0
    half = np.where(n > 1, half, span)
    low, high = np.maximum(mean - half, 0.0), np.minimum(mean + half, span)
    return estimates(mean, low, high, n, (NO_GOLD_ITEMS, n == 0))


def gold_within(counts: Confusion, tolerance: float) -> Estimates:
    """Return each labeler's share of judgments within a tolerance of gold, with Wilson interval.

    Args:
        counts: Judgments on gold.
        tolerance: Greatest distance that still counts as right, in units of the scale.

    >>> from labeltrust.counts import block, confusion
    >>> b = block([1, 2], [0, 0], [0, 2], n_labelers=1, values=[0, 5, 20], level="interval",
    ...           gold=([1, 2], [1, 1]))
    >>> gold_within(confusion.count(b), 5.0)[0].value
    0.5
    """
    labeler, gold, label = counts.table.index
    near = np.abs(counts.values[label] - counts.values[gold]) <= tolerance
    right = np.bincount(labeler, near * counts.table.sums[0], minlength=counts.table.shape[0])
    return wilson(right, counts.n, NO_GOLD_ITEMS)
