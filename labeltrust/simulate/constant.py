"""Labelers who always give the same label."""

from dataclasses import replace

import numpy as np

from labeltrust.simulate._base import Attack, Float, Order, Scene, chosen_rows, since_onset
from labeltrust.simulate._laws import mixed


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Put `to_class` on the chosen rows, or the most frequent true class where none is named."""
    hit = chosen_rows(scene, order, rng)
    return replace(scene, label=np.where(hit, _habit(scene, order), scene.label))


def law(chance: Float, scene: Scene, order: Order) -> Float:
    """Return the member's chances: the one label at the rate."""
    given = np.eye(scene.n_classes)[_habit(scene, order)]
    return mixed(chance, since_onset(scene, order), order.rate, given)


def _habit(scene: Scene, order: Order) -> int:
    common = int(np.bincount(scene.truth, minlength=scene.n_classes).argmax())
    return common if order.to_class is None else order.to_class


ATTACK = Attack(title="always gives the same label", apply=apply, law=law)
