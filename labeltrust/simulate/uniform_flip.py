"""Labelers who give a wrong label, any, on a share of their items."""

from dataclasses import replace

import numpy as np

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
    """Put a uniformly drawn wrong label on the chosen rows."""
    hit = chosen_rows(scene, order, rng)
    return replace(scene, label=np.where(hit, wrong_labels(scene, rng), scene.label))


def law(chance: Float, scene: Scene, order: Order) -> Float:
    """Return the member's chances: any wrong label at the rate."""
    return mixed(chance, since_onset(scene, order), order.rate, wrong_chance(scene))


ATTACK = Attack(title="flips labels at random", apply=apply, law=law)
