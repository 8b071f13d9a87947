"""All readings of a crowd weighed together: who is suspected, and how strongly.

Flags rest on p-values, corrected by Benjamini and Hochberg (1995) over labelers and signals: they
are looked at again and again, so they only open reviews. What may freeze rests on e-values.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from statsmodels.stats.multitest import multipletests

from labeltrust.inference.e_values import e_bh, mean_log_e
from labeltrust.policy.settings import PolicySettings
from labeltrust.signals._base import Readings, Signal

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """What all signals together say of every labeler.

    Attributes:
        signals: (n_signals,) names, in the order of the rows below.
        p_value: (n_signals, n_labelers), NaN where undefined.
        q_value: Same shape, after Benjamini-Hochberg.
        accused: Same shape, True where the q-value is within the flag rate.
        log_e: (n_labelers,) log of the mean e-value, NaN where there is none.
        strong: (n_labelers,) rejected by e-BH at the freeze rate.
        score: (n_labelers,) how suspect, for ranking: larger is worse; NaN where nothing is known.
    """

    signals: tuple[str, ...]
    p_value: Float
    q_value: Float
    accused: Bool
    log_e: Float
    strong: Bool
    score: Float

    @property
    def suspected(self) -> Bool:
        """(n_labelers,) accused by a signal, or strongly by all together."""
        found: Bool = self.accused.any(axis=0) | self.strong
        return found


def weigh(
    readings: Mapping[str, Readings],
    signals: Mapping[str, Signal],
    settings: PolicySettings,
    *,
    n_active: int,
) -> Suspicion:
    """Weigh the readings of all signals.

    Signals that only corroborate take no part. With fewer active labelers than a population takes,
    only e-values of gold count.

    Args:
        readings: By signal name.
        signals: The signals themselves, by name.
        settings: Rates.
        n_active: Labelers with enough labels to be compared.
    """
    names = tuple(n for n in sorted(readings) if not signals[n].corroborates_only)
    p_value = np.array([readings[n].p_value for n in names])
    q_value = false_discovery(p_value)
    few = n_active < settings.min_population
    proving = [n for n in names if not few or signals[n].rests_on == "gold"]
    log_e = _mean([readings[n].log_e for n in proving], p_value.shape[1])
    return Suspicion(
        signals=names,
        p_value=p_value,
        q_value=q_value,
        accused=np.nan_to_num(q_value, nan=1.0) <= settings.flag_rate,
        log_e=log_e,
        strong=e_bh(log_e, settings.freeze_rate),
        score=_score(p_value),
    )


def _score(p_value: Float) -> Float:
    """Return minus the log of the smallest p-value of each labeler, NaN where there is none."""
    least = np.min(np.nan_to_num(p_value, nan=2.0), axis=0, initial=2.0)
    with np.errstate(divide="ignore"):
        score: Float = np.where(least > 1, np.nan, -np.log(np.maximum(least, 1e-300)))
    return score


def _mean(log_e: list[Float], n_labelers: int) -> Float:
    if not log_e:
        return np.full(n_labelers, np.nan)
    return mean_log_e(np.array(log_e))


def false_discovery(p_value: Float) -> Float:
    """Return q-values over all cells that have a p-value; NaN stays NaN.

    >>> false_discovery(np.array([[0.01, np.nan], [0.04, 1.0]])).round(3).tolist()
    [[0.03, nan], [0.06, 1.0]]
    """
    q_value = np.full(p_value.shape, np.nan)
    known = np.isfinite(p_value)
    if known.any():
        q_value[known] = multipletests(p_value[known], method="fdr_bh")[1]
    return q_value


def is_divided(suspicion: Suspicion, activity: Int, settings: PolicySettings) -> bool:
    """Say whether so many are suspected that nobody knows which part of the crowd is honest.

    All agreement methods need an honest majority; past the share of others that the population is
    robust to, peers prove nothing and mass accusations speak against the system.
    """
    active = activity >= settings.min_labels
    if not active.any():
        return False
    return float(suspicion.suspected[active].mean()) > settings.most_suspects
