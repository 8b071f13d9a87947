"""Which gold items deserve a second look: wrong themselves, or known to those they should test."""

from dataclasses import dataclass

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

from labeltrust.counts._answers import last_answers
from labeltrust.counts._base import Bool, Float, Int, Judgments, summed
from labeltrust.metrics._estimates import Estimates, Z, estimates
from labeltrust.metrics.gold_accuracy import NO_GOLD_ITEMS, wilson

RATE = 0.05
"""False discovery rate of each list."""
LEAST_ANSWERS = 3
LEAST_OTHERS = 30
"""Unanimous items without gold that tell how quickly easy items are answered."""
_PRIOR = 4.0
"""Gold answers that the crowd's accuracy is worth for each labeler."""
_HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongGold:
    """Gold items that good labelers fail; arrays of shape (k,), surest first.

    Attributes:
        item: Item codes of the block.
        right: Share of good labelers who gave the gold label, with Wilson interval and n.
        said: The label that most of them gave instead.
        q_value: Chance that labelers so good fail so often, after Benjamini-Hochberg.
    """

    item: Int
    right: Estimates
    said: Int
    q_value: Float


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakedGold:
    """Gold items that everybody gets right, and quickly; arrays of shape (k,), surest first.

    Attributes:
        item: Item codes of the block.
        right: Share right, with Wilson interval and n.
        pace: Time taken over the labelers' own usual time; below 1 is quicker.
        q_value: Against items of which all say the same without gold, after Benjamini-Hochberg.
        reason: Why nobody can tell, empty where one can.
    """

    item: Int
    right: Estimates
    pace: Estimates
    q_value: Float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answers:
    """The last answer of each labeler to each item; arrays of shape (k,)."""

    item: Int
    labeler: Int
    label: Int
    seconds: Float


def wrong_gold(judgments: Judgments, trusted: Bool) -> WrongGold:
    """Return the gold items that good labelers fail: the gold label is probably wrong.

    Good is who is trusted and not in the lowest quarter on all other gold. An item is listed if
    most of them fail it, and more of them than their accuracy on other gold explains (binomial
    tail, Benjamini-Hochberg at `RATE`).

    Args:
        judgments: The block; labels must be comparable by equality.
        trusted: (n_labelers,) whose answers count.

    >>> from labeltrust.counts import block
    >>> items, labelers = np.repeat(range(20), 6), list(range(6)) * 20
    >>> label = (np.repeat(range(20), 6) % 2).tolist()
    >>> b = block(items, labelers, label, n_labelers=6, values=[0, 1],
    ...           gold=(range(20), [1] + [k % 2 for k in range(1, 20)]))
    >>> found = wrong_gold(b, np.ones(6, dtype=bool))
    >>> found.item.tolist(), found.said.tolist(), found.right[0].n
    ([0], [0], 6)
    """
    known = _last(judgments, judgments.gold[judgments.item] >= 0)
    gold = judgments.gold[known.item]
    right = (known.label == gold).astype(np.float64)
    usual = right[trusted[known.labeler]].mean() if trusted[known.labeler].any() else 0.0
    hits, n = (summed(known.labeler, w, trusted.size) for w in (right, np.ones(right.size)))
    skill = (hits[known.labeler] - right + _PRIOR * usual) / (n[known.labeler] - 1 + _PRIOR)
    eligible = trusted[known.labeler]
    good = eligible & (skill >= (np.quantile(skill[eligible], 0.25) if eligible.any() else 0.0))
    at = known.item[good]
    of, k, hoped = (
        summed(at, w, judgments.n_items) for w in (np.ones(at.size), right[good], skill[good])
    )
    share = wilson(k, of, NO_GOLD_ITEMS)
    mean = np.clip(hoped / np.maximum(of, 1), 0.0, 1.0)
    tail = stats.binom.cdf(k, of, mean)
    tried = of >= LEAST_ANSWERS
    q_value = _adjusted(tail, tried)
    listed = _surest(
        tried & (q_value <= RATE) & (np.nan_to_num(share.value, nan=1.0) < _HALF), tail
    )
    return WrongGold(
        item=listed,
        right=share.take(listed),
        said=_instead(known, good, judgments)[listed],
        q_value=q_value[listed],
    )


def leaked_gold(judgments: Judgments) -> LeakedGold:
    """Return the gold items that everybody gets right, and quickly: the answers may have leaked.

    A time is compared with the labeler's own usual time, both as logarithms. How quick easy items
    are anyway is learned from items without gold on which all agree; beyond their spread an item is
    listed (normal tail, Benjamini-Hochberg at `RATE`).
    """
    every = _last(judgments, np.isfinite(judgments.duration_seconds))
    gold, n_items = judgments.gold, judgments.n_items
    with_gold = gold[every.item] >= 0
    deviation, noise = _pace(every, with_gold, judgments.n_labelers)
    of, first, last = _span(every, n_items)
    mean, error = (summed(every.item, w, n_items) / np.maximum(of, 1) for w in (deviation, noise))
    error = np.sqrt(error / np.maximum(of, 1))
    alike = (of >= LEAST_ANSWERS) & (first == last) & (error > 0)
    tried, others = alike & (gold >= 0) & (first == gold), alike & (gold < 0)
    if int(others.sum()) < LEAST_OTHERS:
        tried, reason = np.zeros_like(tried), _why(every, others)
        usual, spread = 0.0, 0.0
    else:
        reason, usual = "", float(np.median(mean[others]))
        mad = 1.4826 * float(np.median(np.abs(mean[others] - usual)))
        spread = np.sqrt(max(mad**2 - float(np.median(error[others])) ** 2, 0.0))
    z = (mean - usual) / np.maximum(np.sqrt(spread**2 + error**2), 1e-9)
    tail = stats.norm.cdf(z)
    q_value = _adjusted(tail, tried)
    listed = _surest(tried & (q_value <= RATE), tail)
    pace, low, high = (np.exp(mean + side * Z * error)[listed] for side in (0, -1, 1))
    share = wilson(of[listed], of[listed], NO_GOLD_ITEMS)
    return LeakedGold(
        item=listed,
        right=share,
        pace=estimates(pace, low, high, of[listed]),
        q_value=q_value[listed],
        reason=reason,
    )


def _last(judgments: Judgments, among: Bool) -> _Answers:
    rows = last_answers(judgments, np.flatnonzero(among))
    return _Answers(
        item=judgments.item[rows],
        labeler=judgments.labeler[rows],
        label=judgments.label[rows],
        seconds=judgments.duration_seconds[rows],
    )


def _pace(every: _Answers, with_gold: Bool, n_labelers: int) -> tuple[Float, Float]:
    """Return log time less the labeler's usual one outside gold, and its variance, (k,) each."""
    log = np.log(np.maximum(every.seconds, 0.05))
    who, size = every.labeler[~with_gold], n_labelers
    n = np.maximum(np.bincount(who, minlength=size), 1)
    mean = summed(who, log[~with_gold], size) / n
    spread = summed(who, (log[~with_gold] - mean[who]) ** 2, size) / np.maximum(n - 1, 1)
    return log - mean[every.labeler], (spread * (1 + 1 / n))[every.labeler]


def _span(every: _Answers, n_items: int) -> tuple[Float, Int, Int]:
    """Return how many answers each item has, and the least and greatest label among them."""
    of = np.bincount(every.item, minlength=n_items).astype(np.float64)
    least = np.full(n_items, np.iinfo(np.int64).max)
    most = np.full(n_items, -1, dtype=np.int64)
    np.minimum.at(least, every.item, every.label)
    np.maximum.at(most, every.item, every.label)
    return of, least, most


def _why(every: _Answers, others: Bool) -> str:
    if not every.item.size:
        return "no durations"
    return f"{int(others.sum())} items without gold on which all agree; it takes {LEAST_OTHERS}"


def _instead(known: _Answers, good: Bool, judgments: Judgments) -> Int:
    """Return for each item the label that most good labelers gave, (n_items,)."""
    size = max(judgments.n_labels, 1)
    votes, n = np.unique(known.item[good] * size + known.label[good], return_counts=True)
    out = np.full(judgments.n_items, -1, dtype=np.int64)
    order = np.argsort(n, kind="stable")
    out[votes[order] // size] = votes[order] % size
    return out


def _adjusted(tail: Float, tried: Bool) -> Float:
    q_value = np.ones(tail.size)
    if tried.any():
        q_value[tried] = multipletests(tail[tried], method="fdr_bh")[1]
    return q_value


def _surest(listed: Bool, tail: Float) -> Int:
    at = np.flatnonzero(listed)
    return at[np.argsort(tail[at], kind="stable")]
