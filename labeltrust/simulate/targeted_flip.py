"""Bribed labelers who call one class another: fraud becomes benign."""

from dataclasses import replace

import numpy as np

from labeltrust.domain.errors import InvalidInput
from labeltrust.simulate._base import Attack, Order, Scene, chosen_rows


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


ATTACK = Attack(title="calls one class another", apply=apply)
