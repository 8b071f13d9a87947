"""Takes less time than the others take for the same items.

Two looks: the mean of the log of own over others' time, for somebody who hurries always; and the
share of hasty labels, given in under a quarter of the others' time, beyond those that the labeler's
own pace explains, for somebody who clicks now and then. Some honest labelers are quick: it
corroborates what other signals say, and opens no flag.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy.special import ndtr

from labeltrust.counts.tempo import HASTE, Tempo
from labeltrust.domain.estimates import Undefined
from labeltrust.inference.population_null import PopulationNull, fit_null
from labeltrust.inference.share_tail import Share, share_population
from labeltrust.signals._base import (
    NO_HONEST_MAJORITY,
    Effects,
    Evidence,
    Float,
    Readings,
    Said,
    Signal,
    readings,
    silent,
)
from labeltrust.signals._shares import TEMPO_TAIL

LEVELS = frozenset({"nominal", "ordinal", "interval", "ratio", "set", "spans", "boxes", "text"})
MIN_TIMED = 20
_LOOKS = 2
_Z95 = 1.959963984540054


def read(evidence: Evidence) -> Readings:
    """Compare everybody's time with the others' of the same items."""
    tempo, n_labelers = evidence.tempo, evidence.reference.size
    if tempo is None or not tempo.timed.any():
        return silent(n_labelers, "no durations on record")
    if not evidence.peers_prove:
        return silent(n_labelers, NO_HONEST_MAJORITY)
    enough = tempo.n >= MIN_TIMED
    quick, error = (np.where(enough, x, np.nan) for x in _quickness(tempo))
    null = fit_null(quick, error, evidence.reference)
    if isinstance(null, Undefined):
        return silent(n_labelers, null.reason)
    p_value = _p_value(tempo, (quick, error), replace(null, tail=TEMPO_TAIL), evidence)
    said = Said(p_value=p_value, log_e=np.full(n_labelers, np.nan))
    saved = [1 - np.exp(-quick + z * error) for z in (0.0, _Z95, -_Z95)]
    effects = Effects(value=saved[0], low=saved[1], high=saved[2], n=tempo.n)
    needs = f"{MIN_TIMED} timed labels on items that others timed too"
    return readings(effects, said, _details(tempo), enough=enough, needs=needs)


def _quickness(tempo: Tempo) -> tuple[Float, Float]:
    """Return minus the mean log ratio, with its error from the spread within labelers pooled."""
    n = np.maximum(tempo.n, 1)
    mean = tempo.log_ratio / n
    within = float((tempo.squares - n * mean**2).sum()) / max(float((n - 1).sum()), 1.0)
    return -mean, np.sqrt(max(within, 1e-12) / n)


def _p_value(
    tempo: Tempo, quick: tuple[Float, Float], null: PopulationNull, evidence: Evidence
) -> Float:
    hasty = share_population(_hasty(tempo, *quick), evidence.reference, tail=TEMPO_TAIL)
    p_values = [null.p_values(*quick)]
    if not isinstance(hasty, Undefined):
        p_values.append(hasty.p_value)
    least: Float = np.minimum(np.fmin.reduce(p_values) * _LOOKS, 1.0)
    return least


def _hasty(tempo: Tempo, quick: Float, error: Float) -> Share:
    """Compare hasty labels with what a log-normal spread about the labeler's own pace holds."""
    n = np.where(np.isfinite(quick), tempo.n, 0).astype(np.float64)
    spread = np.nan_to_num(error * np.sqrt(tempo.n), nan=1.0)
    expected = n * ndtr((np.nan_to_num(quick) - np.log(HASTE)) / spread)
    return Share(hits=np.where(n > 0, tempo.hasty, 0.0), n=n, expected=expected)


def _details(tempo: Tempo) -> tuple[Mapping[str, object], ...]:
    ratio = np.exp(tempo.log_ratio / np.maximum(tempo.n, 1))
    return tuple(
        {"times_of_others": round(float(r), 3), "hasty": int(k), "of": int(n), "haste": HASTE}
        for r, k, n in zip(ratio, tempo.hasty, tempo.n, strict=True)
    )


SIGNAL = Signal(
    title="takes less time than the others of the same items",
    levels=LEVELS,
    min_judgments=MIN_TIMED,
    read=read,
    corroborates_only=True,
    unit="share of the others' time saved",
    needs=frozenset({"durations"}),
)
