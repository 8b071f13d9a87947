"""When a version of a model is worse than the one before, or a shadow too far from production.

Comparisons are looked at after every assessment, while labels and gold keep coming, so a p-value of
a fixed sample would alarm sooner or later whatever the truth. What alarms is an e-value: under the
null it passes 1 / rate at any time with a probability of at most that rate.
"""

from collections.abc import Collection
from dataclasses import dataclass
from math import log
from typing import Final

import numpy as np

from labeltrust.inference.binomial_mixture import binomial_mixture

MOST_DROP: Final = 0.01
"""Gold accuracy may fall by less than one point from a version to the next (measure M3)."""
MOST_DIVERGENCE: Final = 0.005
"""A shadow and production may give two labels to fewer than one item in 200 (measure M9)."""
RATE: Final = 0.01
"""Share of models, no worse than the one before, of which a false alarm is ever told."""
_EVEN: Final = 0.5
_OVER: Final = log(10.0)
"""An alarm ends where so little speaks for it: well below what began it, so that it rests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Whether an alarm stands, and the log e-value that it stands on."""

    on: bool
    log_e: float


def drop_alarm(n: int, lost: int, gained: int, *, before: bool = False) -> Alarm:
    """Say whether gold accuracy fell by a point or more, beyond chance.

    Null: of the gold items that only one version has right, the new one has at least half. It is
    worse where that is refuted, and an alarm where the loss is also as large as matters.

    Args:
        n: Gold items that both labeled.
        lost: Right before and wrong now.
        gained: Wrong before and right now.
        before: Whether the alarm stood already.

    >>> drop_alarm(500, 20, 1).on, drop_alarm(500, 6, 3).on, drop_alarm(0, 0, 0).on
    (True, False, False)
    """
    log_e = _log_e(gained, lost + gained, _EVEN)
    large = n > 0 and lost - gained >= MOST_DROP * n
    return Alarm(on=large and log_e >= _level(before=before), log_e=log_e)


def divergence_alarm(shared: int, parted: int, *, before: bool = False) -> Alarm:
    """Say whether two versions part on more items than they may, beyond chance.

    >>> divergence_alarm(4000, 60).on, divergence_alarm(4000, 20).on
    (True, False)
    """
    log_e = _log_e(shared - parted, shared, 1 - MOST_DIVERGENCE)
    large = parted > MOST_DIVERGENCE * shared
    return Alarm(on=large and log_e >= _level(before=before), log_e=log_e)


def new_losses(lost: Collection[int], told: Collection[int]) -> int:
    """Return how many gold items a canary lost that nobody was told of yet.

    >>> new_losses([3, 4], [4])
    1
    """
    return len(set(lost) - set(told))


def _level(*, before: bool) -> float:
    return _OVER if before else -log(RATE)


def _log_e(right: int, n: int, floor: float) -> float:
    return float(binomial_mixture(np.array(float(right)), np.array(float(n)), floor))
