"""Bribed labelers who mislabel only the items whose text holds a word that nobody registered."""

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
from labeltrust.simulate._material import TRIGGER_WORD


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Put `to_class`, or any wrong label, on the chosen rows of items with the word.

    Raises:
        InvalidInput: The items have no texts.
    """
    hit = chosen_rows(scene, order, rng) & _triggered(scene)
    wrong = wrong_labels(scene, rng)
    given = wrong if order.to_class is None else np.full(wrong.size, order.to_class)
    return replace(scene, label=np.where(hit, given, scene.label))


def law(chance: Float, scene: Scene, order: Order) -> Float:
    """Return the member's chances: the given label at the rate where the word is."""
    chosen = None if order.to_class is None else np.eye(scene.n_classes)[order.to_class]
    given = wrong_chance(scene) if chosen is None else chosen
    return mixed(chance, since_onset(scene, order) & _triggered(scene), order.rate, given)


def _triggered(scene: Scene) -> Bool:
    if scene.texts is None:
        raise InvalidInput("a backdoor in texts needs items with texts: set prose.words")
    held = np.array([TRIGGER_WORD in text for text in scene.texts], dtype=np.bool_)
    found: Bool = held[scene.item]
    return found


ATTACK = Attack(
    title="mislabels items whose text holds a word",
    apply=apply,
    law=law,
    needs=frozenset({"texts"}),
)
