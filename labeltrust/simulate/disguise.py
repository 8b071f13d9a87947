"""Labelers who lie only where a lie is not seen: on contested items outside gold."""

from dataclasses import replace

import numpy as np

from labeltrust.simulate._base import Attack, Float, Int, Order, Scene, chosen_rows, since_onset
from labeltrust.simulate._company import others_labels
from labeltrust.simulate._laws import mixed, sure

_HONEST = -1


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Side with the strongest wrong label of the others, where they disagree and gold is silent."""
    target = _targets(scene, order)
    hit = chosen_rows(scene, order, rng) & (target != _HONEST)
    return replace(scene, label=np.where(hit, target, scene.label))


def law(chance: Float, scene: Scene, order: Order) -> Float:
    """Return the member's chances: the strongest wrong label at the rate on contested items."""
    target = _targets(scene, order)
    lies = since_onset(scene, order) & (target != _HONEST)
    return mixed(chance, lies, order.rate, sure(target, scene.n_classes))


def _targets(scene: Scene, order: Order) -> Int:
    """Return the wrong label to support on each row, `_HONEST` where it could not win, (n,)."""
    others = others_labels(scene, order)
    contested = (others > 0).sum(axis=1) > 1
    others[np.arange(others.shape[0]), scene.truth[scene.item]] = -1
    open_to_lies = contested & ~scene.gold[scene.item]
    return np.where(open_to_lies, others.argmax(axis=1), _HONEST)


ATTACK = Attack(title="lies only where others disagree", apply=apply, law=law)
