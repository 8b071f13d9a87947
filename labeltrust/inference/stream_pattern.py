"""Whether a labeler's labels follow one another rather than the items.

Given what peers see of an item and how the labeler confuses classes, his next label has a known
distribution; knowing his last few labels must not improve on it. So each label is weighed by how
well it continues a pattern, less what the item leads one to expect: a sum of martingale differences
in the order of his stream, whatever order the items came in.
"""

from dataclasses import dataclass

import numpy as np

from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import Float, Int

REACH = 8
"""Labels looked back on."""
PERIODS = (1, 2, 3, 4, 5)
"""Patterns looked for: the same label again, or labels that come round after so many."""
_CHUNK = 1 << 12
"""Rows at a time: all that is reckoned of them stays in the cache."""


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
    sums = np.zeros((5, len(PERIODS), crowd.rows.n_labelers))
    confusion = np.exp(crowd.model.log_confusion)
    labeler, label = crowd.rows.labeler[crowd.order], crowd.rows.label[crowd.order]
    for low in range(0, label.size, _CHUNK):
        at = slice(low, min(low + _CHUNK, label.size))
        earlier = _before(labeler, label, at)
        terms = _terms(_law(crowd, crowd.order[at], confusion), label[at], earlier)
        terms *= crowd.others[crowd.order[at]].any(axis=1)
        who, begins = np.unique(labeler[at], return_index=True)
        sums[:, :, who] += np.add.reduceat(terms, begins, axis=2)
    return tuple(_pattern(period, sums[:, k]) for k, period in enumerate(PERIODS))


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


def _law(crowd: FittedCrowd, rows: Int, confusion: Float) -> Float:
    """Return P(label) of rows by peers' belief and the labeler's own confusion, (n_classes, k)."""
    belief, labeler = crowd.belief[rows].T, crowd.rows.labeler[rows]
    of_class = range(belief.shape[0])
    chance = np.array(
        [sum(belief[t] * confusion[:, said, t][labeler] for t in of_class) for said in of_class]
    )
    law: Float = chance / chance.sum(axis=0)
    return law


def _before(labeler: Int, label: Int, at: slice) -> Int:
    """Return the labels given 1, 2, …, `REACH` earlier in the stream, -1 for none, (REACH, k)."""
    out = np.full((REACH, at.stop - at.start), -1)
    for lag in range(1, REACH + 1):
        first = max(at.start, lag)
        then, now = slice(first - lag, max(at.stop - lag, 0)), slice(first, at.stop)
        same = labeler[now] == labeler[then]
        out[lag - 1, first - at.start :] = np.where(same, label[then], -1)
    return out


def _terms(law: Float, label: Int, earlier: Int) -> Float:
    """Return what each row adds to the sums of each pattern, (5, n_periods, k).

    The sums: gain beyond expectation and its variance, by the filter of the pattern; the same by
    matches with the label one period before; and labels that have one.
    """
    n_classes, size = law.shape
    match = (earlier[:, None] == np.arange(n_classes)[:, None]).astype(np.float64)
    filters = np.array([filter_weights(period) for period in PERIODS])
    gains = (filters @ match.reshape(REACH, -1)).reshape(len(PERIODS), n_classes, size)
    weighed = gains * law
    mean = weighed.sum(axis=1)
    variance = np.maximum((weighed * gains).sum(axis=1) - mean**2, 0.0)
    surprise = filters @ (earlier == label) - mean
    once = earlier[np.array(PERIODS) - 1]
    chance = (match[np.array(PERIODS) - 1] * law).sum(axis=1)
    there = once >= 0
    return np.array([surprise, variance, (once == label) - chance, chance * (1 - chance), there])


def _pattern(period: int, sums: Float) -> Pattern:
    score, information, matches, spread, n = sums
    information = np.where((information > 0) & (n > 0), information, np.nan)
    return Pattern(
        period=period,
        size=score / information,
        error=1 / np.sqrt(information),
        excess=matches / np.maximum(n, 1),
        excess_error=np.sqrt(spread) / np.maximum(n, 1),
    )
