"""All readings of a crowd weighed together: who is suspected, and how strongly.

Flags rest on p-values: those of a labeler are combined, labelers are selected by Benjamini and
Hochberg (1995), and of a selected labeler's signals those accuse that pass the level that selected
him (Benjamini and Bogomolov 2014). So the stated rate is the share of *labelers* wrongly flagged,
not of signals. They are looked at again and again, so they only open reviews; what may freeze rests
on e-values.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from statsmodels.stats.multitest import multipletests

from labeltrust.inference.combination import combined
from labeltrust.inference.e_values import e_bh, mean_log_e
from labeltrust.policy.settings import PolicySettings
from labeltrust.signals._base import Readings, Signal

_LEAST = 1e-300
_IDLE = 0.01
"""Part of its weight that a signal keeps for a labeler of hardly any labels."""
Int = NDArray[np.int64]
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """What all signals together say of every labeler.

    Attributes:
        signals: (n_signals,) names, in the order of the rows below.
        p_value: (n_signals, n_labelers), NaN where undefined.
        q_value: Same shape: the least flag rate at which the signal would accuse the labeler.
        accused: Same shape, True where the q-value is within the flag rate.
        log_e: (n_labelers,) log of the mean e-value, NaN where there is none.
        strong: (n_labelers,) rejected by e-BH at the freeze rate.
        score: (n_labelers,) how suspect, for ranking: minus the log of the combined p-value; larger
            is worse, NaN where nothing is known.
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
    activity: Int,
) -> Suspicion:
    """Weigh the readings of all signals.

    Signals that only corroborate take no part. With fewer active labelers than a population takes,
    only e-values of gold count. A signal's weight grows with a labeler's labels up to its whole
    weight: that depends on how much he labels, not on what, so rates hold.

    Args:
        readings: By signal name.
        signals: The signals themselves, by name.
        settings: Rates.
        activity: (n_labelers,) labels of each.
    """
    names = tuple(n for n in sorted(readings) if not signals[n].corroborates_only)
    p_value = np.array([readings[n].p_value for n in names])
    weight = np.array([_weight(signals[n], activity) for n in names])
    of_labeler = combined(p_value, weight)
    q_value = accusations(p_value, of_labeler, weight)
    few = int((activity >= settings.min_labels).sum()) < settings.min_population
    proving = [n for n in names if not few or signals[n].rests_on == "gold"]
    log_e = _mean([readings[n].log_e for n in proving], p_value.shape[1])
    return Suspicion(
        signals=names,
        p_value=p_value,
        q_value=q_value,
        accused=np.nan_to_num(q_value, nan=1.0) <= settings.flag_rate,
        log_e=log_e,
        strong=e_bh(log_e, settings.freeze_rate),
        score=-np.log(np.maximum(of_labeler, _LEAST)),
    )


def _weight(signal: Signal, activity: Int) -> Float:
    weight: Float = signal.weight * np.clip(activity / signal.whole_from, _IDLE, 1.0)
    return weight


def accusations(p_value: Float, of_labeler: Float, weight: Float) -> Float:
    """Return the flag rate from which on each signal accuses each labeler.

    A signal's p-value is charged for the labeler's other signals by weight (Bonferroni), and
    compared with the level at which Benjamini and Hochberg's procedure selects labelers. The signal
    that says most of a labeler accuses him as soon as he is selected.

    Args:
        p_value: (n_signals, n_labelers), NaN where undefined.
        of_labeler: (n_labelers,) combined.
        weight: (n_signals, n_labelers) weights, or (n_signals,) for everybody.

    Returns:
        (n_signals, n_labelers) q-values, NaN where undefined.

    >>> p = np.array([[1e-4, 0.5], [0.9, np.nan]])
    >>> accusations(p, np.array([2e-4, 0.5]), np.ones(2)).round(4).tolist()
    [[0.0004, 0.5], [1.0, nan]]
    """
    known = np.isfinite(p_value)
    weight = weight.reshape(p_value.shape[0], -1)
    charge = np.where(known, weight, 0.0).sum(axis=0) / weight
    charged = np.minimum(p_value * charge, 1.0)
    q_value = np.where(known, _level(charged, of_labeler), np.nan)
    q_labeler = false_discovery(of_labeler)
    loudest = known & (charged <= np.nanmin(np.where(known, charged, 2.0), axis=0, initial=2.0))
    return np.where(loudest, q_labeler, q_value)


def _level(charged: Float, of_labeler: Float) -> Float:
    """Return the rate at which Benjamini and Hochberg's level reaches a p-value of that labeler."""
    order = np.sort(of_labeler[np.isfinite(of_labeler)])
    if not order.size:
        return charged
    place = np.arange(1, order.size + 1)
    reached = np.maximum.accumulate(false_discovery(order))
    least = np.maximum(np.nan_to_num(charged, nan=1.0), np.nan_to_num(of_labeler, nan=1.0))
    # Selecting k labelers takes the k-th q-value, which rises with k, and a level of at least the
    # p-value, which asks for less the larger k is: the least rate lies where the two meet.
    meet = np.searchsorted(reached * place / order.size, least)
    after = np.append(reached, 1.0)[meet]
    before = np.where(meet > 0, least * order.size / np.maximum(meet, 1), 1.0)
    level: Float = np.minimum(after, before)
    return level


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
