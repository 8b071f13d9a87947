"""How much a labeler's labels depend on the item at all."""

import numpy as np
from scipy import stats

from labeltrust.metrics._estimates import Estimates, Float, Z, divided, estimates

NO_CLASSES = "fewer than two classes with items"
_HALF = 0.5
"""Added to every cell, so that no few labels look certain."""


def spammer_score(table: Float) -> Estimates:
    """Return the spammer score: 0 where labels do not depend on the class, 1 where perfectly.

    The mean over pairs of classes of half the squared distance between the labeler's answers to
    one class and to the other, less what chance adds to it. Interval by the delta method.

    Source: Raykar and Yu (2012), "Eliminating spammers and ranking annotators for crowdsourced
    labeling tasks", JMLR 13, equation 10.

    Args:
        table: (n_labelers, n_classes, n_classes) labels by true class (rows) and label; may be
            sums of beliefs.

    Returns:
        (n_labelers,) scores in [0, 1]; n counts labels. Undefined below two classes with items.

    >>> perfect, blind = np.diag([40.0, 40.0]), np.full((2, 2), 20.0)
    >>> found = spammer_score(np.array([perfect, blind]))
    >>> round(found[0].value, 2), round(found[1].value, 2)
    (0.98, 0.0)
    """
    n = table.sum(axis=2)
    met = n > 0
    share = (table + _HALF / table.shape[2]) / (n + _HALF)[:, :, None]
    variance = divided(share * (1 - share), (n + _HALF)[:, :, None])
    score, noise = np.zeros(len(table)), np.zeros(len(table))
    pairs = met.sum(axis=1) * (met.sum(axis=1) - 1) / 2
    for one in range(table.shape[1]):
        for two in range(one):
            both = (met[:, one] & met[:, two])[:, None]
            apart = np.where(both, share[:, one] - share[:, two], 0.0)
            chance = np.where(both, variance[:, one] + variance[:, two], 0.0)
            score += (apart**2 - chance).sum(axis=1) / 2
            for of in (one, two):
                moment = (apart * share[:, of]).sum(axis=1)
                spread = (apart**2 * share[:, of]).sum(axis=1) - moment**2
                noise += spread / (n[:, of] + _HALF)
    value = np.clip(divided(score, pairs), 0.0, 1.0)
    half = Z * divided(np.sqrt(noise), pairs)
    low, high = np.maximum(value - half, 0.0), np.minimum(value + half, 1.0)
    return estimates(value, low, high, n.sum(axis=1), (NO_CLASSES, pairs < 1))


def dependence(table: Float) -> tuple[Float, Float]:
    """Return G statistic and p-value of 'labels do not depend on the class', (n_labelers,) each.

    Likelihood ratio test of independence (Wilks 1938); NaN where a labeler has one row or column.

    Args:
        table: (n_labelers, n_classes, n_classes) counts by class (rows) and label.

    >>> statistic, p_value = dependence(np.array([[[20.0, 0.0], [0.0, 20.0]]]))
    >>> round(float(statistic[0]), 1), bool(p_value[0] < 1e-9)
    (55.5, True)
    """
    rows, columns = table.sum(axis=2), table.sum(axis=1)
    n = rows.sum(axis=1)
    expected = divided(rows[:, :, None] * columns[:, None, :], n[:, None, None])
    ratio = np.where(table > 0, divided(table, expected), 1.0)
    statistic = 2 * (table * np.log(np.where(ratio > 0, ratio, 1.0))).sum(axis=(1, 2))
    degrees = ((rows > 0).sum(axis=1) - 1) * ((columns > 0).sum(axis=1) - 1)
    known = degrees > 0
    p_value = stats.chi2.sf(statistic, np.maximum(degrees, 1))
    return np.where(known, statistic, np.nan), np.where(known, p_value, np.nan)
