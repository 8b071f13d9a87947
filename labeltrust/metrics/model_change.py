"""What two models, trained on different labels, find on the same trusted items."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeltrust.domain.estimates import Estimate, Measured, Undefined
from labeltrust.metrics._estimates import TAIL
from labeltrust.metrics.gold_accuracy import wilson
from labeltrust.metrics.model_pair import accuracy_change

Bool = NDArray[np.bool_]

_REDRAWS = 2_000
NOTHING_NAMED = "a model names no item of the class"
NONE_THERE = "no trusted item is of the class"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What two models say of trusted items; all arrays have shape (n_items,).

    Attributes:
        truth: Whether the item is of the class that is looked for.
        before: Whether the first model says so.
        after: Whether the second model does.
    """

    truth: Bool
    before: Bool
    after: Bool


def recall(truth: Bool, said: Bool) -> Measured:
    """Return the share of the items of the class that are found, with the Wilson interval.

    >>> recall(np.array([True, True, False]), np.array([True, False, True])).value
    0.5
    """
    return _share(said[truth], NONE_THERE)


def precision(truth: Bool, said: Bool) -> Measured:
    """Return the share of the items named that are of the class, with the Wilson interval.

    >>> precision(np.array([True, True, False]), np.array([False, False, False])).reason
    'a model names no item of the class'
    """
    return _share(truth[said], NOTHING_NAMED)


def _share(hits: Bool, reason: str) -> Measured:
    return wilson(np.array([hits.sum()]), np.array([hits.size]), reason)[0]


def recall_change(answers: Answers) -> Measured:
    """Return by how much recall rises from the first model to the second, paired by item.

    The interval is that of `model_pair.accuracy_change`, over the items of the class.

    Returns:
        Points in [-1, 1]; n counts the items of the class.

    >>> one = np.array([True, True, False, False])
    >>> found = recall_change(Answers(truth=np.ones(4, dtype=bool), before=one, after=~one))
    >>> found.value, round(found.high, 3)
    (0.0, 0.8)
    """
    before, after = answers.before[answers.truth], answers.after[answers.truth]
    n = before.size
    if not n:
        return Undefined(reason=NONE_THERE)
    return accuracy_change(n, int((before & ~after).sum()), int((after & ~before).sum()))


def precision_change(answers: Answers, rng: np.random.Generator) -> Measured:
    """Return by how much precision rises, with the percentile interval of redrawn items.

    Both models are redrawn with the same items, so the comparison stays paired. Efron and
    Tibshirani (1993), "An Introduction to the Bootstrap", chapter 13.

    Args:
        answers: What both say.
        rng: Redraws the items.

    Returns:
        Points in [-1, 1]; n counts the items that either model names.

    >>> yes = np.ones(9, dtype=bool)
    >>> precision_change(Answers(truth=yes, before=yes, after=yes), np.random.default_rng(1)).value
    0.0
    """
    if not (answers.before.any() and answers.after.any()):
        return Undefined(reason=NOTHING_NAMED)
    named = answers.before | answers.after
    truth, before, after = (x[named] for x in (answers.truth, answers.before, answers.after))
    n = truth.size
    weight = rng.multinomial(n, np.full(n, 1 / n), size=_REDRAWS)
    drawn = _weighted(weight, truth, after) - _weighted(weight, truth, before)
    low, high = np.nanquantile(drawn, [1 - TAIL, TAIL])
    return Estimate(
        value=float(truth[after].mean() - truth[before].mean()),
        low=float(low),
        high=float(high),
        n=n,
    )


def _weighted(weight: NDArray[np.int64], truth: Bool, said: Bool) -> NDArray[np.float64]:
    """Return the precision of every redraw, NaN where nothing is named in it."""
    total = weight[:, said].sum(axis=1).astype(np.float64)
    hits = weight[:, said & truth].sum(axis=1)
    found: NDArray[np.float64] = np.full(total.size, np.nan)
    np.divide(hits, total, out=found, where=total > 0)
    return found
