"""Error rates out of samples whose items had unlike chances of being drawn.

The rate of all items is estimated by Horvitz and Thompson's (1952) sum of inverse chances, which is
unbiased; the rate of a part, whose number in the sample is random, by the ratio of two such sums
(Hajek 1971). The variance needs the chances of single items alone, as Hajek (1964) showed of
designs that are as random as their chances allow; its form is Deville's (1999; Tille 2006, section
7.5), which corrects for a finite population: an item that was sure to be drawn adds nothing.

The interval is the exact one for a share at the effective sample size (Korn, Graubard 1998), so
that it is never of width 0 for want of a wrong label in a small sample. Wrong labels among items
of little chance are few in a sample and weigh much: where none was met, no variance tells of them.
So those items have an interval of their own, put together with that of the others (Zou, Donner
2008), and each end is the wider one of both ways.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, stdtrit

from labeltrust.domain.estimates import Estimate, Measured, Undefined
from labeltrust.metrics._estimates import CONFIDENCE, Z

Bool = NDArray[np.bool_]
Float = NDArray[np.float64]

HALF = 0.5
HEAVY = 0.5
"""An item weighs much from this part of the greatest weight on."""
_SURE = 1 - 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedAnswers:
    """Answers on a sample of fixed size; arrays have shape (n_answered,).

    Attributes:
        probability: Chance of each item to be in the sample, in (0, 1].
        wrong: Whether its label is.
        drawn: Items in the sample, answered or not; who answers goes by chance.
    """

    probability: Float
    wrong: Bool
    drawn: int

    @property
    def chance(self) -> Float:
        """Chance of each item to be drawn and answered."""
        found: Float = self.probability * (self.wrong.size / max(self.drawn, 1))
        return found


def weighted_error_rate(answers: WeightedAnswers, population: int) -> Measured:
    """Return the share of wrong labels among all items.

    >>> half = WeightedAnswers(probability=np.full(40, 0.1), wrong=np.arange(40) < 10, drawn=40)
    >>> round(weighted_error_rate(half, 400).value, 3)
    0.25
    """
    n = answers.wrong.size
    if not n:
        return Undefined(reason="nothing was audited yet")
    every = np.ones(n, dtype=np.bool_)
    weight = 1 / answers.chance
    found = float(weight[answers.wrong].sum()) / population
    low, high = _bounds(answers, every, population)
    if weight[answers.wrong].sum() > HALF * weight.sum():
        # the sum of weights is then what varies, and a share is at most 1
        other = _bounds(answers, every)
        low, high = min(low, other[0]), max(high, other[1])
    value = min(found, 1.0)
    return Estimate(value=value, low=min(low, value), high=max(high, value), n=n)


def part_error_rate(answers: WeightedAnswers, inside: Bool) -> Measured:
    """Return the share of wrong labels among the items of a part.

    Args:
        answers: On the whole sample.
        inside: (n_answered,) whether each item is one of the part.

    >>> said = WeightedAnswers(probability=np.full(40, 0.1), wrong=np.arange(40) < 10, drawn=40)
    >>> round(part_error_rate(said, np.arange(40) < 20).value, 3)
    0.5
    """
    n = int(inside.sum())
    if not n:
        return Undefined(reason="none of these items was audited yet")
    weight = 1 / answers.chance[inside]
    wrong = answers.wrong[inside]
    value = 1.0 if wrong.all() else float(weight[wrong].sum() / weight.sum())
    low, high = _bounds(answers, inside)
    return Estimate(value=value, low=min(low, value), high=max(high, value), n=n)


def weighted_standard_error(answers: WeightedAnswers, population: int) -> float:
    """Return the standard error of the error rate of all items.

    >>> sure = WeightedAnswers(probability=np.ones(9), wrong=np.arange(9) < 3, drawn=9)
    >>> weighted_standard_error(sure, 9)
    0.0
    """
    spread = _variance(answers.chance, answers.wrong / answers.chance)
    return float(np.sqrt(spread)) / population


def _variance(chance: Float, expanded: Float) -> float:
    """Return the variance of a sum of expanded values, by Deville's formula."""
    n = expanded.size
    left = (1 - chance) * n / max(n - 1, 1)
    if left.sum() <= 0:
        return 0.0
    centre = (left * expanded).sum() / left.sum()
    return float((left * (expanded - centre) ** 2).sum())


def _bounds(
    answers: WeightedAnswers, inside: Bool, population: int | None = None
) -> tuple[float, float]:
    """Return both ends of the interval of a part: its share, or its number over the population."""
    weight = 1 / answers.chance
    heavy = weight >= HEAVY * weight[inside].max()
    split = [rows for rows in (inside & heavy, inside & ~heavy) if rows.any()]
    total = float(weight[inside].sum()) if population is None else float(population)
    ends = [
        _together([_piece(answers, rows, total, as_share=population is None) for rows in way])
        for way in ([inside], split)
    ]
    return max(min(low for low, _ in ends), 0.0), min(max(high for _, high in ends), 1.0)


def _together(pieces: Sequence[tuple[float, float, float]]) -> tuple[float, float]:
    """Put intervals of several numbers together to one of their sum."""
    value = sum(piece[0] for piece in pieces)
    below = np.sqrt(sum((piece[0] - piece[1]) ** 2 for piece in pieces))
    above = np.sqrt(sum((piece[2] - piece[0]) ** 2 for piece in pieces))
    return float(value - below), float(value + above)


def _piece(
    answers: WeightedAnswers, rows: Bool, total: float, *, as_share: bool
) -> tuple[float, float, float]:
    """Return the wrong labels of some items over a total: the estimate, and its exact ends."""
    chance, wrong = answers.chance[rows], answers.wrong[rows]
    weight = 1 / chance
    part = float(weight.sum())
    share = 1.0 if wrong.all() else float(weight[wrong].sum()) / part
    scale = part / total
    if (chance >= _SURE).all():
        return share * scale, share * scale, share * scale
    centre = share if as_share else 0.0
    variance = _variance(chance, weight * (wrong - centre)) / part**2
    low, high = _exact(share, _effective_size(share, variance, chance))
    return share * scale, low * scale, high * scale


def _effective_size(share: float, variance: float, chance: Float) -> float:
    """Return how many items of a plain random sample would tell as much."""
    weight = 1 / chance
    size = float(weight.sum() ** 2 / (weight**2).sum())
    if 0 < share < 1 and variance > 0:
        size = max(share * (1 - share) / variance, 1.0)
    free = max(int((chance < _SURE).sum()) - 1, 1)
    return size * float(Z / stdtrit(free, 1 - (1 - CONFIDENCE) / 2)) ** 2


def _exact(share: float, size: float) -> tuple[float, float]:
    """Return the interval of Clopper and Pearson (1934) for a share of so many items."""
    tail, wrong = (1 - CONFIDENCE) / 2, share * size
    low = float(betaincinv(wrong, size - wrong + 1, tail)) if wrong > 0 else 0.0
    high = float(betaincinv(wrong + 1, size - wrong, 1 - tail)) if wrong < size else 1.0
    return low, high
