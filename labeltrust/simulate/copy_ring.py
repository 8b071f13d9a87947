"""A ring that gives the same wrong label on the same items."""

from dataclasses import replace

import numpy as np

from labeltrust.simulate._base import Attack, Order, Scene, eligible_rows


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Poison a share of items: every member who labels one gives the ring's label for it."""
    n_items = scene.truth.size
    poisoned = rng.random(n_items) < order.rate
    step = rng.integers(1, max(scene.n_classes, 2), size=n_items)
    agreed = (scene.truth + step) % scene.n_classes
    hit = eligible_rows(scene, order) & poisoned[scene.item]
    return replace(scene, label=np.where(hit, agreed[scene.item], scene.label))


ATTACK = Attack(title="gives the ring's wrong label", apply=apply)
