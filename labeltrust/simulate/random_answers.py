"""Labelers who answer without looking, every class alike."""

from dataclasses import replace

import numpy as np

from labeltrust.simulate._base import Attack, Order, Scene, chosen_rows


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Put a uniformly drawn label, right or wrong, on the chosen rows."""
    hit = chosen_rows(scene, order, rng)
    drawn = rng.integers(0, scene.n_classes, size=scene.item.size)
    return replace(scene, label=np.where(hit, drawn, scene.label))


ATTACK = Attack(title="answers at random", apply=apply)
