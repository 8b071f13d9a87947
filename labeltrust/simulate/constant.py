"""Labelers who always give the same label."""

from dataclasses import replace

import numpy as np

from labeltrust.simulate._base import Attack, Order, Scene, chosen_rows


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Put `to_class` on the chosen rows, or the most frequent true class where none is named."""
    common = int(np.bincount(scene.truth, minlength=scene.n_classes).argmax())
    label = common if order.to_class is None else order.to_class
    hit = chosen_rows(scene, order, rng)
    return replace(scene, label=np.where(hit, label, scene.label))


ATTACK = Attack(title="always gives the same label", apply=apply)
