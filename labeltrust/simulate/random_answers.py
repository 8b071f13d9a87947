"""Labelers who answer without looking, every class alike."""

from dataclasses import replace

import numpy as np

from labeltrust.simulate._base import Attack, Float, Order, Scene, chosen_rows, since_onset
from labeltrust.simulate._laws import mixed


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Put a uniformly drawn label, right or wrong, on the chosen rows."""
    hit = chosen_rows(scene, order, rng)
    drawn = rng.integers(0, scene.n_classes, size=scene.item.size)
    return replace(scene, label=np.where(hit, drawn, scene.label))


def law(chance: Float, scene: Scene, order: Order) -> Float:
    """Return the member's chances: every class alike at the rate."""
    alike = np.full(scene.n_classes, 1 / scene.n_classes)
    return mixed(chance, since_onset(scene, order), order.rate, alike)


ATTACK = Attack(title="answers at random", apply=apply, law=law)
