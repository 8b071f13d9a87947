"""Whether a labeler's labels follow one another rather than the items.

Given what peers see of an item and how the labeler confuses classes, his next label has a known
distribution; knowing his last few labels must not improve on it. So each label is weighed by how
well it continues a pattern, less what the item leads one to expect: a sum of martingale differences
in the order of his stream, whatever order the items came in.
"""

from dataclasses import dataclass

import numpy as np

from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import Bool, Float, Int, summed

REACH = 8
"""Labels looked back on."""
PERIODS = (1, 2, 3, 4, 5)
"""Patterns looked for: the same label again, or labels that come round after so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """How well labels continue a pattern of one period; arrays of shape (n_labelers,).

    Attributes:
        period: Labels until the pattern comes round; 1 is the same label again.
        size: Log odds, per unit of the filter, by which continuing the pattern is likelier than
            the items explain; NaN where undefined.
        error: Its standard error.
        excess: Share of labels equal to the one `period` before, beyond what the items explain.
        excess_error: Its standard error.
    """

    period: int
    size: Float
    error: Float
    excess: Float
    excess_error: Float


def patterns(crowd: FittedCrowd) -> tuple[Pattern, ...]:
    """Measure every labeler's stream against every pattern in `PERIODS`.

    Labels on items that nobody else labeled are looked back on, but not weighed: of those nobody
    knows what was to be said.
    """
    expected = own_law(crowd, crowd.order)
    known = crowd.others[crowd.order].sum(axis=1) > 0
    same = [_before(crowd, lag) for lag in range(1, REACH + 1)]
    return tuple(_pattern(crowd, period, (expected, known), same) for period in PERIODS)


def own_law(crowd: FittedCrowd, rows: Int) -> Float:
    """Return P(label) of rows by peers' belief and the labeler's own confusion, (k, n_classes)."""
    labeler, belief = crowd.rows.labeler[rows], crowd.belief[rows]
    chance = np.zeros(belief.shape)
    for said in range(belief.shape[1]):
        confusion = np.exp(crowd.model.log_confusion[:, said])
        chance[:, said] = (belief * confusion[labeler]).sum(axis=1)
    law: Float = chance / chance.sum(axis=1, keepdims=True)
    return law


def filter_weights(period: int) -> Float:
    """Return what a match with the label 1, 2, …, `REACH` before counts for a period, (REACH,).

    A match a whole number of periods before speaks for the pattern, any other against it; far ones
    count less, since people click by pattern for a while only.

    >>> filter_weights(2)[:4].tolist()
    [-1.0, 0.875, -0.75, 0.625]
    """
    lag = np.arange(1, REACH + 1)
    against = -1.0 / max(period - 1, 1)
    weights: Float = np.where(lag % period == 0, 1.0, against) * (1 - (lag - 1) / REACH)
    return weights


def _before(crowd: FittedCrowd, lag: int) -> Int:
    """Return the label given `lag` labels earlier in the stream, -1 where there is none, (n,)."""
    labeler, label = crowd.rows.labeler[crowd.order], crowd.rows.label[crowd.order]
    out = np.full(label.size, -1)
    if lag < label.size:
        out[lag:] = np.where(labeler[lag:] == labeler[:-lag], label[:-lag], -1)
    return out


def _pattern(
    crowd: FittedCrowd, period: int, law: tuple[Float, Bool], before: list[Int]
) -> Pattern:
    gains = np.zeros(law[0].shape)
    for weight, earlier in zip(filter_weights(period), before, strict=True):
        at = np.flatnonzero(earlier >= 0)
        gains[at, earlier[at]] += weight
    only = np.zeros(law[0].shape)
    at = np.flatnonzero(before[period - 1] >= 0)
    only[at, before[period - 1][at]] = 1.0
    score, information, _ = _summed(crowd, gains, law)
    matches, spread, n = _summed(crowd, only, law)
    known = (information > 0) & (n > 0)
    information = np.where(known, information, np.nan)
    return Pattern(
        period=period,
        size=score / information,
        error=1 / np.sqrt(information),
        excess=matches / np.maximum(n, 1),
        excess_error=np.sqrt(spread) / np.maximum(n, 1),
    )


def _summed(
    crowd: FittedCrowd, gains: Float, law: tuple[Float, Bool]
) -> tuple[Float, Float, Float]:
    """Return each labeler's gain beyond expectation, its variance, and how many labels count."""
    expected, known = law
    labeler, label = crowd.rows.labeler[crowd.order], crowd.rows.label[crowd.order]
    counts = known & (gains != 0).any(axis=1)
    mean = (expected * gains).sum(axis=1)
    variance = (expected * gains**2).sum(axis=1) - mean**2
    surprise = gains[np.arange(label.size), label] - mean
    size = crowd.rows.n_labelers
    return (
        summed(labeler, surprise * counts, size),
        summed(labeler, np.maximum(variance, 0.0) * counts, size),
        summed(labeler, counts, size),
    )
