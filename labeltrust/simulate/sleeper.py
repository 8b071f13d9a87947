"""Labelers who work well until a day, and flip from then on."""

from dataclasses import replace

import numpy as np

from labeltrust.domain.errors import InvalidInput
from labeltrust.simulate._base import (
    Attack,
    Float,
    Order,
    Scene,
    chosen_rows,
    since_onset,
    wrong_labels,
)
from labeltrust.simulate._laws import mixed, wrong_chance


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Put wrong labels on the chosen rows since the onset.

    Raises:
        InvalidInput: The order has no onset; then it is a uniform flip, not a sleeper.
    """
    if order.since_us is None:
        detail = "a sleeper needs the day on which it turns"
        raise InvalidInput(detail)
    hit = chosen_rows(scene, order, rng)
    return replace(scene, label=np.where(hit, wrong_labels(scene, rng), scene.label))


def law(chance: Float, scene: Scene, order: Order) -> Float:
    """Return the member's chances: honest before the onset, any wrong label at the rate after."""
    return mixed(chance, since_onset(scene, order), order.rate, wrong_chance(scene))


ATTACK = Attack(title="turns on a certain day", apply=apply, law=law, needs=frozenset({"onset"}))
