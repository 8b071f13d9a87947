"""Labelers who recognise gold items and flip everywhere else."""

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
    wrong_labels,
)
from labeltrust.simulate._laws import mixed, sure, wrong_chance


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Put wrong labels on the chosen rows outside gold, and the gold label on gold."""
    if order.rate <= 0:
        return scene
    known = scene.gold[scene.item]
    hit = chosen_rows(scene, order, rng) & ~known
    label = np.where(hit, wrong_labels(scene, rng), scene.label)
    on_gold = known & eligible_rows(scene, order)
    return replace(scene, label=np.where(on_gold, scene.truth[scene.item], label))


def law(chance: Float, scene: Scene, order: Order) -> Float:
    """Return the member's chances: certain of the truth on gold, wrong at the rate elsewhere."""
    if order.rate <= 0:
        return chance
    since, known = since_onset(scene, order), scene.gold[scene.item]
    flipped = mixed(chance, since & ~known, order.rate, wrong_chance(scene))
    return mixed(flipped, since & known, 1.0, sure(scene.truth[scene.item], scene.n_classes))


ATTACK = Attack(title="is honest on gold only", apply=apply, law=law, needs=frozenset({"gold"}))
