"""Was a drill won: found in time, contained in time, and nobody honest held?"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from scipy.stats import binomtest

from labeltrust.domain.drills import DrillFound
from labeltrust.domain.estimates import Estimate, Measured, Undefined

MOST_MINUTES: Final = 15.0
MOST_BAD_LABELS: Final = 50
MOST_SECONDS: Final = 60.0
"""Aims of drills: found within so many minutes and bad labels, contained so soon after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How one drill went.

    Attributes:
        detected: Found within the minutes and the bad labels.
        contained: Out of training sets within the seconds; None where nothing was found.
        held_wrongly: Labels of somebody who did not poison were held out by the machine.
    """

    detected: bool
    contained: bool | None
    held_wrongly: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Shares over many drills, each with its interval (Wilson, 1927) or a reason."""

    n: int
    detected: Measured
    contained: Measured
    held_wrongly: Measured


def judged(found: DrillFound) -> Judged:
    """Hold a drill against its aims.

    Labels are what counts first: an attacker decides about the minutes.
    """
    minutes, bad, seconds = (
        found.minutes_until_found,
        found.bad_until_found,
        found.seconds_until_contained,
    )
    in_time = minutes is not None and minutes <= MOST_MINUTES
    detected = in_time and bad is not None and bad <= MOST_BAD_LABELS
    contained = None if minutes is None else seconds is not None and seconds <= MOST_SECONDS
    return Judged(detected=detected, contained=contained, held_wrongly=found.others_frozen > 0)


def lost(found: DrillFound) -> bool:
    """Say whether an attack was never found, however late, or somebody honest was held."""
    return found.bad_until_found is None or found.others_frozen > 0


def summary(found: Iterable[DrillFound]) -> Summary:
    """Return how many drills were won.

    >>> summary([]).detected
    Undefined(reason='no drill was carried out')
    """
    all_ = [judged(one) for one in found]
    contained = [one.contained for one in all_ if one.contained is not None]
    return Summary(
        n=len(all_),
        detected=_share([one.detected for one in all_], "no drill was carried out"),
        contained=_share(contained, "no drill was found out, so nothing was to be contained"),
        held_wrongly=_share([one.held_wrongly for one in all_], "no drill was carried out"),
    )


def _share(won: list[bool], otherwise: str) -> Measured:
    if not won:
        return Undefined(reason=otherwise)
    k, n = sum(won), len(won)
    found = binomtest(k, n).proportion_ci(method="wilson")
    return Estimate(value=k / n, low=float(found.low), high=float(found.high), n=n)
