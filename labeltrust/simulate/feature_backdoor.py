"""Bribed labelers who mislabel only the items that carry a trigger."""

from dataclasses import replace

import numpy as np

from labeltrust.domain.errors import InvalidInput
from labeltrust.simulate._base import (
    Attack,
    Bool,
    Float,
    Order,
    Scene,
    chosen_rows,
    since_onset,
    wrong_labels,
)
from labeltrust.simulate._laws import mixed, wrong_chance

TRIGGER = "trigger"
"""Name of the item feature that is 1 on the items attacked."""


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Put `to_class`, or any wrong label, on the chosen rows of items with the trigger.

    Raises:
        InvalidInput: The items carry no feature of that name.
    """
    hit = chosen_rows(scene, order, rng) & _triggered(scene)
    wrong = wrong_labels(scene, rng)
    given = wrong if order.to_class is None else np.full(wrong.size, order.to_class)
    return replace(scene, label=np.where(hit, given, scene.label))


def law(chance: Float, scene: Scene, order: Order) -> Float:
    """Return the member's chances: the given label at the rate where the trigger is."""
    chosen = None if order.to_class is None else np.eye(scene.n_classes)[order.to_class]
    given = wrong_chance(scene) if chosen is None else chosen
    return mixed(chance, since_onset(scene, order) & _triggered(scene), order.rate, given)


def _triggered(scene: Scene) -> Bool:
    if scene.features is None or TRIGGER not in scene.features:
        raise InvalidInput(
            f"a backdoor needs items with a feature {TRIGGER!r}: set traits.trigger_share"
        )
    found: Bool = np.asarray(scene.features[TRIGGER] == 1)[scene.item]
    return found


ATTACK = Attack(
    title="mislabels items that carry a trigger",
    apply=apply,
    law=law,
    needs=frozenset({"trigger"}),
)
