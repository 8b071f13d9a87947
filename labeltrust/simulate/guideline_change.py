"""Labelers who follow a new guideline while most still follow the old one: honest, but few."""

from dataclasses import replace

import numpy as np

from labeltrust.domain.errors import InvalidInput
from labeltrust.simulate._base import Attack, Float, Int, Order, Scene, eligible_rows, since_onset

_FIRST_VERSION = 1


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Call the border items of `from_class` by the new name `to_class`, all members alike.

    The rate is the share of the class that lies at the border. Rows say which version of the
    guideline was followed.

    Raises:
        InvalidInput: The order names no classes.
    """
    if order.from_class is None or order.to_class is None:
        detail = "a guideline change needs the class it narrows and the one it widens"
        raise InvalidInput(detail)
    if order.rate <= 0:
        return scene
    border = (scene.truth == order.from_class) & (rng.random(scene.truth.size) < order.rate)
    follows = eligible_rows(scene, order)
    renamed = follows & border[scene.item] & (scene.label == order.from_class)
    return replace(
        scene,
        label=np.where(renamed, order.to_class, scene.label),
        guideline=_versions(scene) + follows,
    )


def law(chance: Float, scene: Scene, order: Order) -> Float:
    """Return the member's chances, row by row: part of one name's chance goes to the other."""
    old, new = order.from_class or 0, order.to_class or 0
    narrowed = since_onset(scene, order) & (scene.truth[scene.item] == old)
    part = np.where(narrowed, order.rate * chance[:, old], 0.0)
    found = chance.copy()
    found[:, old] -= part
    found[:, new] += part
    return found


def _versions(scene: Scene) -> Int:
    if scene.guideline is not None:
        return scene.guideline
    return np.full(scene.item.size, _FIRST_VERSION, dtype=np.int64)


ATTACK = Attack(
    title="follows a new guideline early",
    apply=apply,
    law=law,
    needs=frozenset({"classes"}),
    touches=frozenset({"label", "guideline"}),
    is_honest=True,
)
