"""Labelers who give a wrong label, any, on a share of their items."""

from dataclasses import replace

import numpy as np

from labeltrust.simulate._base import Attack, Order, Scene, chosen_rows, wrong_labels


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Put a uniformly drawn wrong label on the chosen rows."""
    hit = chosen_rows(scene, order, rng)
    return replace(scene, label=np.where(hit, wrong_labels(scene, rng), scene.label))


ATTACK = Attack(title="flips labels at random", apply=apply)
