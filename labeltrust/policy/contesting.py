"""When a case is a dispute: too few independent accusers, or gold that speaks for the suspect.

A contested case never freezes by itself. Gold evidence is not contested by peers.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.e_values import mean_log_e
from labeltrust.inference.sequential_test import weighted_log_e
from labeltrust.inference.without import without
from labeltrust.policy.accusers import Accusers, since_row
from labeltrust.policy.population import Int
from labeltrust.policy.settings import PolicySettings
from labeltrust.signals._base import Readings

_SURE = 0.95
_ENOUGH_GOLD = 5
_MOST_REMOVED = 16
"""Accusers left out at most when the fewest are looked for that a case depends on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """Whether a case stands, and why not.

    Attributes:
        reasons: Why it is contested, in words; empty where it stands.
        clusters: Effective number of independent accusers.
        removed: Accusers left out in the remove-k test.
        log_e_without: What is left of the log e-value without them, NaN where not tested.
        smallest: Fewest of the most hostile accusers without whom the evidence is strong no more;
            None where it was not tested, or outlasts `_MOST_REMOVED`.
    """

    reasons: tuple[str, ...]
    clusters: float
    removed: int
    log_e_without: float
    smallest: int | None = None


def log_e_without(
    crowd: FittedCrowd, readings: Mapping[str, Readings], labeler: int, accusers: Int
) -> float:
    """Return the log of a labeler's mean e-value as if some accusers had labeled nothing.

    Every test is played again with the population as it was; e-values of gold stay.
    """
    alone = without(crowd, labeler, accusers)
    played = [
        float(weighted_log_e(found.tests, alone)[0]) if found.tests else found.log_e[labeler]
        for found in readings.values()
        if np.isfinite(found.log_e[labeler])
    ]
    return float(mean_log_e(np.array(played)[:, None])[0]) if played else float("nan")


def contest(
    crowd: FittedCrowd,
    readings: Mapping[str, Readings],
    accusers: Accusers,
    case: tuple[int, int, int | None],
    settings: PolicySettings,
    *,
    strong: bool,
) -> Contest:
    """Look for reasons to contest the case against a labeler.

    Args:
        crowd: The fitted crowd.
        readings: By signal, those that prove something.
        accusers: Who disagrees with him.
        case: Labeler, first row of the onset (negative from the start), and the class that is
            flipped, or None where it is not about one class.
        settings: Rules.
        strong: Whether there is strong evidence, that could vanish.
    """
    labeler, earliest_row, true = case
    removed = accusers.most_hostile(settings.remove_k)
    left = log_e_without(crowd, readings, labeler, removed) if strong else float("nan")
    reasons = []
    if accusers.clusters < settings.min_clusters:
        reasons.append(f"rests on {accusers.clusters:.1f} independent accusers")
    if strong and not left >= -np.log(settings.freeze_rate):
        reasons.append(f"vanishes without its {removed.size} most hostile accusers")
    clean = clean_gold(crowd, labeler, earliest_row, true)
    if clean:
        reasons.append(f"gold speaks for the labeler: {clean}")
    return Contest(
        reasons=tuple(reasons),
        clusters=accusers.clusters,
        removed=int(removed.size),
        log_e_without=left,
        smallest=_smallest(crowd, readings, labeler, accusers, settings) if strong else None,
    )


def _smallest(
    crowd: FittedCrowd,
    readings: Mapping[str, Readings],
    labeler: int,
    accusers: Accusers,
    settings: PolicySettings,
) -> int | None:
    """Return the fewest of the most hostile accusers without whom strong evidence vanishes.

    By bisection: each accuser more takes evidence away.
    """

    def vanishes(k: int) -> bool:
        left = log_e_without(crowd, readings, labeler, accusers.labeler[:k])
        return not left >= -np.log(settings.freeze_rate)

    low, high = 0, min(_MOST_REMOVED, accusers.labeler.size)
    if not vanishes(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if vanishes(middle) else (middle, high)
    return high


def clean_gold(crowd: FittedCrowd, labeler: int, earliest_row: int, true: int | None) -> str:
    """Say in words where gold speaks for a labeler since the onset; empty where it does not.

    It does where accuracy on gold, of the class that is flipped or else of the average class, is
    above one half with 95 % certainty: uniform prior per class, the mean of the Betas taken as
    normal. The average over classes is asked for since always saying the frequent class is right
    often.
    """
    rows = crowd.rows
    mine = since_row(crowd, labeler, earliest_row)
    gold = rows.gold[rows.item[mine]]
    asked = gold >= 0 if true is None else gold == true
    mine, gold = mine[asked], gold[asked]
    classes, place = np.unique(gold, return_inverse=True)
    if mine.size < _ENOUGH_GOLD or classes.size < min(2, rows.n_classes, 2 if true is None else 1):
        return ""
    hit = rows.label[mine] == gold
    right, n = np.bincount(place, hit), np.bincount(place)
    share = (1 + right) / (2 + n)
    error = np.sqrt((share * (1 - share) / (3 + n)).sum()) / classes.size
    sure = stats.norm.cdf((share.mean() - 0.5) / error) >= _SURE
    return f"{int(hit.sum())} of {mine.size} right" if sure else ""
