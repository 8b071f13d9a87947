"""Bribed labelers who call one class another: fraud becomes benign."""

from dataclasses import replace

import numpy as np

from labeltrust.domain.errors import InvalidInput
from labeltrust.simulate._base import Attack, Float, Order, Scene, chosen_rows, since_onset
from labeltrust.simulate._laws import mixed


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Put `to_class` on the chosen rows whose true class is `from_class`.

    Raises:
        InvalidInput: The order names no classes.
    """
    if order.from_class is None or order.to_class is None:
        detail = "a targeted flip needs the class it attacks and the one it gives"
        raise InvalidInput(detail)
    hit = chosen_rows(scene, order, rng) & (scene.truth[scene.item] == order.from_class)
    return replace(scene, label=np.where(hit, order.to_class, scene.label))


def law(chance: Float, scene: Scene, order: Order) -> Float:
    """Return the member's chances: `to_class` at the rate where `from_class` is true."""
    aimed = since_onset(scene, order) & (scene.truth[scene.item] == order.from_class)
    return mixed(chance, aimed, order.rate, np.eye(scene.n_classes)[order.to_class or 0])


ATTACK = Attack(title="calls one class another", apply=apply, law=law, needs=frozenset({"classes"}))
