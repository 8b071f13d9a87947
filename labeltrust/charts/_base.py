"""What a signal's chart is drawn from, and which chart belongs to which signal."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

import labeltrust.charts as folder
from labeltrust.charts._look import LIKE_OTHERS, STANDS_OUT, TOO_LITTLE, Drawing
from labeltrust.discovery import discover
from labeltrust.domain.estimates import Undefined
from labeltrust.inference.population_null import fit_null
from labeltrust.policy.names import ClassWords, Names, class_words
from labeltrust.policy.population import false_discovery
from labeltrust.policy.settings import PolicySettings
from labeltrust.signals._base import Evidence, Readings, Signal

SHOWN = 30
"""Labelers in a list: more rows than this nobody reads."""
_Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one signal saw of a project.

    Attributes:
        evidence: What it read.
        readings: What it says.
        signal: The signal itself.
        names: Names of labelers and labels by code.
        suspect: Code of the labeler of a case, whom every list shows first; None outside of cases.
    """

    evidence: Evidence
    readings: Readings
    signal: Signal
    names: Names
    suspect: int | None = None

    @property
    def words(self) -> ClassWords:
        """The word of each class."""
        found = self.evidence
        return class_words(self.names, found.judgments, found.crowd.rows, found.label_mix)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalChart:
    """The chart of one signal, found by discovery under the signal's name.

    Attributes:
        frame: What is seen, as a tidy frame.
        draw: The frame as a chart; pure, so a page and a notebook draw the same.
    """

    frame: Callable[[Seen], pd.DataFrame]
    draw: Callable[[pd.DataFrame], Drawing]


def chart_of(signal: str) -> SignalChart:
    """Return the chart of a signal; the forest of effects where it has none of its own.

    >>> chart_of("low_agreement") is not chart_of("spam")
    True
    """
    from labeltrust.charts._effects import EFFECTS  # noqa: PLC0415 - it is built from this module

    return discover(folder, "CHART", SignalChart).get(signal, EFFECTS)


def drawn(name: str, seen: Seen) -> Drawing:
    """Draw what a signal saw.

    Args:
        name: Name of the signal.
        seen: What it saw.
    """
    chart = chart_of(name)
    return chart.draw(chart.frame(seen))


def labeler_frame(seen: Seen) -> pd.DataFrame:
    """Return one row a labeler with labels, most suspect first, before all the one of a case.

    Returns:
        Columns code, labeler, effect, low, high, n, p_value, status; unit, population (the middle
        of the honest population), honest_low, honest_high (where 95 % of it lie), all three NaN
        without a population.
    """
    found, active = seen.readings, seen.evidence.crowd.rows.activity > 0
    rate = PolicySettings().flag_rate
    q_value = false_discovery(found.p_value)
    stands_out = np.nan_to_num(q_value, nan=1.0) <= rate
    status = np.where(stands_out, STANDS_OUT, LIKE_OTHERS)
    middle, low, high = _population(seen)
    frame = pd.DataFrame(
        {
            "code": np.arange(active.size),
            "labeler": list(seen.names.labelers),
            "effect": found.effect,
            "low": found.low,
            "high": found.high,
            "n": found.n,
            "p_value": found.p_value,
            "status": np.where(np.isnan(found.p_value), TOO_LITTLE, status),
            "unit": seen.signal.unit,
            "population": middle,
            "honest_low": low,
            "honest_high": high,
        }
    )
    ranked = frame[active].sort_values(
        ["p_value", "effect"], ascending=[True, False], kind="stable"
    )
    first = ranked["code"] == (-1 if seen.suspect is None else seen.suspect)
    return pd.concat([ranked[first], ranked[~first]])


def _population(seen: Seen) -> tuple[float, float, float]:
    found = seen.readings
    error = np.maximum(found.high - found.low, 1e-9) / (2 * _Z95)
    null = fit_null(found.effect, error, seen.evidence.reference)
    if isinstance(null, Undefined):
        return float("nan"), float("nan"), float("nan")
    return null.mean, null.mean - _Z95 * null.spread, null.mean + _Z95 * null.spread


def outstanding(frame: pd.DataFrame, suspect: int | None = None, most: int = 3) -> pd.DataFrame:
    """Return those that stand out and the one of a case, or else the most suspect one.

    Args:
        frame: See `labeler_frame`.
        suspect: As seen.
        most: No more than so many.
    """
    found = frame[(frame["status"] == STANDS_OUT) | (frame["code"] == suspect)]
    return (found if len(found) else frame.head(1)).head(most)


def thinned(frame: pd.DataFrame, most: int = 600) -> pd.DataFrame:
    """Return at most so many rows: half of them the first ones, the others evenly from the rest.

    >>> thinned(pd.DataFrame({"x": range(100)}), most=4)["x"].tolist()
    [0, 1, 2, 99]
    """
    if len(frame) <= most:
        return frame
    first = most // 2
    rest = np.linspace(first, len(frame) - 1, most - first).astype(np.int64)
    return frame.iloc[[*range(first), *rest]]
