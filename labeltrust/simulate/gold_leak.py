"""Labelers who were given the gold answers, and guess everything else."""

from dataclasses import replace

import numpy as np

from labeltrust.simulate._base import (
    Attack,
    Float,
    Order,
    Scene,
    chosen_rows,
    eligible_rows,
    since_onset,
)
from labeltrust.simulate._laws import mixed, sure


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Give the gold label on gold, and answer the chosen rows elsewhere at random."""
    if order.rate <= 0:
        return scene
    known = scene.gold[scene.item]
    hit = chosen_rows(scene, order, rng) & ~known
    guessed = rng.integers(0, scene.n_classes, size=scene.item.size)
    label = np.where(hit, guessed, scene.label)
    on_gold = known & eligible_rows(scene, order)
    return replace(scene, label=np.where(on_gold, scene.truth[scene.item], label))


def law(chance: Float, scene: Scene, order: Order) -> Float:
    """Return the member's chances: certain on gold, every class alike at the rate elsewhere."""
    if order.rate <= 0:
        return chance
    since, known = since_onset(scene, order), scene.gold[scene.item]
    alike = np.full(scene.n_classes, 1 / scene.n_classes)
    guessed = mixed(chance, since & ~known, order.rate, alike)
    return mixed(guessed, since & known, 1.0, sure(scene.truth[scene.item], scene.n_classes))


ATTACK = Attack(
    title="knows the gold answers and guesses the rest",
    apply=apply,
    law=law,
    needs=frozenset({"gold"}),
)
